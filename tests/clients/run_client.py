#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs one client's scenarios against a broker of its own and prints a line a scenario. Exit 77 means skipped."""
import argparse
import fcntl
import hashlib
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
SKIPPED = 77


class Skip(Exception):
    """The client cannot be had here; the text says why."""


class Broker:
    """weir-broker on a loopback port, restartable on the same folder and port."""

    def __init__(self, program, folder):
        self.program, self.folder, self.port, self.process = program, folder, 0, None

    def start(self, *settings, config=None):
        self.process = subprocess.Popen(
            [self.program, "--data", str(self.folder),
             *(["--config", str(config)] if config else ["--listen", f"127.0.0.1:{self.port}"]),
             "--set", "group.initial.rebalance.delay.ms=300", "--set", "log.cleaner.backoff.ms=300",
             "--set", "transaction.abort.timed.out.transaction.cleanup.interval.ms=1000",
             *[part for setting in settings for part in ("--set", setting)]],
            stdout=subprocess.PIPE, stderr=open(self.folder.parent / "broker.log", "a"), text=True)
        line = self.process.stdout.readline().strip()
        if not line.startswith("listening on "):
            raise RuntimeError(f"the broker did not start: {line!r}")
        self.port = int(line.rsplit(":", 1)[1])
        if any(setting.startswith("weir.schema.registry.port=") for setting in settings):
            line = self.process.stdout.readline().strip()
            if not line.startswith("schema registry on "):
                raise RuntimeError(f"the schema registry did not start: {line!r}")
            os.environ["WEIR_SCHEMA_REGISTRY"] = line.rsplit(" ", 1)[1]

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=10)

    @property
    def bootstrap(self):
        return f"127.0.0.1:{self.port}"


def need(*programs):
    for program in programs:
        if not shutil.which(program):
            raise Skip(f"{program} is not installed")


def fetch(command, cwd, what):
    done = subprocess.run(command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        raise Skip(f"{what} could not be installed: {done.stdout.strip().splitlines()[-1:]}")


def prepare_python(package):
    def prepare(cache, _args):
        need("python3")
        requirements = HERE / "python" / f"{package}.txt"
        venv = cache / f"venv-{package}"
        stamp = venv / "installed.txt"
        if not stamp.exists() or stamp.read_text() != requirements.read_text():
            fetch([sys.executable, "-m", "venv", str(venv)], cache, "a Python environment")
            fetch([str(venv / "bin/pip"), "install", "-q", "-r", str(requirements)], cache, package)
            stamp.write_text(requirements.read_text())
        return [str(venv / "bin/python"), str(HERE / "python" / f"{package.replace('-', '_')}_scenarios.py")]
    return prepare


def prepare_node(program):
    def prepare(cache, _args):
        need("node", "npm")
        folder = cache / "node"
        folder.mkdir(exist_ok=True)
        for source in [HERE / "node/package.json", *(HERE / "node").glob("*.js")]:
            shutil.copy(source, folder / source.name)
        fetch(["npm", "install", "--silent", "--no-audit", "--no-fund"], folder, "the Node clients")
        return ["node", program], folder
    return prepare


def java_classes(cache, project=HERE / "java"):
    """Compiles the Java programs of a folder against the artifacts its pom.xml names; returns the class path."""
    need("java", "javac", "mvn")
    folder = cache / project.name
    folder.mkdir(exist_ok=True)
    # Several tests use the same folder; the first that comes fills it.
    with open(folder / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        pom = (project / "pom.xml").read_text()
        sources = sorted((project / "src/main/java").glob("*.java"))
        content = hashlib.sha256("".join([pom, *[p.read_text() for p in sources]]).encode()).hexdigest()
        fetched, compiled = folder / "fetched.xml", folder / "compiled"
        if not fetched.exists() or fetched.read_text() != pom:
            (folder / "fetch.xml").write_text(pom)
            fetch(["mvn", "-q", "-B", "-f", "fetch.xml", "dependency:copy-dependencies",
                   f"-DoutputDirectory={folder}/libs"], folder, "what the Java programs need")
            fetched.write_text(pom)
        if not compiled.exists() or compiled.read_text() != content:
            fetch(["javac", "-nowarn", "-cp", f"{folder}/libs/*", "-d", f"{folder}/classes", *map(str, sources)], folder,
                  "the Java programs")
            compiled.write_text(content)
    return f"{folder}/classes:{folder}/libs/*"


def prepare_java(program):
    def prepare(cache, _args):
        return ["java", "-Xmx512m", "-Dorg.slf4j.simpleLogger.defaultLogLevel=off", "-cp", java_classes(cache), program]
    return prepare


def prepare_go(client):
    def prepare(cache, _args):
        need("go")
        program = cache / "go-scenarios"
        fetch(["go", "build", "-mod=readonly", "-o", str(program), "."], HERE / "go", "the Go clients")
        return [str(program), client]
    return prepare


def prepare_rust(cache, _args):
    need("cargo")
    fetch(["cargo", "build", "-q", "--release", "--locked", "--target-dir", str(cache / "rust")], HERE / "rust",
          "rust-rdkafka")
    return [str(cache / "rust/release/rust-scenarios")]


def prepare_kcat(_cache, _args):
    need("kcat")
    return [sys.executable, str(HERE / "native" / "kcat_scenarios.py")]


def prepare_native(_cache, args):
    return [args.native]


CLIENTS = {
    "kcat": prepare_kcat,
    "librdkafka": prepare_native,
    "kafkajs": prepare_node("kafkajs_scenarios.js"),
    "platformatic": prepare_node("platformatic_scenarios.js"),
    "confluent-kafka": prepare_python("confluent-kafka"),
    "kafka-python": prepare_python("kafka-python"),
    "java": prepare_java("Scenarios"),
    "java-groups": prepare_java("GroupScenarios"),
    "java-quotas": prepare_java("QuotaScenarios"),
    "java-share": prepare_java("ShareScenarios"),
    "java-streams": prepare_java("StreamsScenarios"),
    "franz-go": prepare_go("franz-go"),
    "sarama": prepare_go("sarama"),
    "kafka-go": prepare_go("kafka-go"),
    "aiokafka": prepare_python("aiokafka"),
    "rust-rdkafka": prepare_rust,
    "confluent-schemas": prepare_python("confluent-schemas"),
    "kafkajs-schemas": prepare_node("schemas_scenarios.js"),
    "franz-go-schemas": prepare_go("franz-go-schemas"),
}
# What some ask of the broker beyond its defaults.
SETTINGS = {name: ["weir.schema.registry.port=0"] for name in CLIENTS if name.endswith("-schemas")}


def run_phase(command, cwd, phase, bootstrap, results, prefix=""):
    process = subprocess.Popen([*command, phase, bootstrap], cwd=cwd, stdout=subprocess.PIPE, text=True)
    for line in process.stdout:
        line = line.rstrip()
        verdict, _, rest = line.partition(" ")
        if verdict in ("PASS", "FAIL", "SKIP"):
            name, _, reason = rest.partition(": ")
            results[prefix + name] = {"verdict": verdict, "reason": reason}
        print(prefix + line, flush=True)
    if process.wait() != 0 and not any(r["verdict"] == "FAIL" for r in results.values()):
        results[f"{phase}-exit"] = {"verdict": "FAIL", "reason": f"exit code {process.returncode}"}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--client", required=True, choices=sorted(CLIENTS))
    parser.add_argument("--work", required=True, type=pathlib.Path)
    parser.add_argument("--broker", help="path of weir-broker")
    parser.add_argument("--bootstrap", help="an address that serves already, instead of --broker")
    parser.add_argument("--native", help="path of the librdkafka scenario program")
    args = parser.parse_args()
    cache = args.work / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    results_file = args.work / f"{args.client}.json"
    try:
        prepared = CLIENTS[args.client](cache, args)
    except Skip as why:
        print(f"SKIP {args.client}: {why}")
        results_file.write_text(json.dumps({"skipped": str(why)}))
        return SKIPPED
    command, cwd = prepared if isinstance(prepared, tuple) else (prepared, None)
    results = {}
    if args.bootstrap:
        for phase in ("main", "restarted"):
            run_phase(command, cwd, phase, args.bootstrap, results)
    else:
        home = args.work / args.client
        shutil.rmtree(home, ignore_errors=True)
        data = home / "data"
        data.mkdir(parents=True)
        broker = Broker(args.broker, data)
        settings = SETTINGS.get(args.client, [])
        broker.start(*settings)
        try:
            run_phase(command, cwd, "main", broker.bootstrap, results)
            broker.stop()
            broker.start(*settings)
            run_phase(command, cwd, "restarted", broker.bootstrap, results)
            if args.client == "java":
                # It alone speaks both generations of the transaction protocol, as the broker asks.
                broker.stop()
                broker.start("weir.transaction.version=1")
                run_phase(command, cwd, "transactions", broker.bootstrap, results, prefix="tv1-")
        finally:
            broker.stop()
    results_file.write_text(json.dumps(results, indent=1))
    failed = [name for name, r in results.items() if r["verdict"] == "FAIL"]
    skipped = [name for name, r in results.items() if r["verdict"] == "SKIP"]
    passed = len(results) - len(failed) - len(skipped)
    print(f"{args.client}: {passed} passed, {len(failed)} failed, {len(skipped)} skipped")
    return 1 if failed or not results else 0


if __name__ == "__main__":
    os.environ["PYTHONUNBUFFERED"] = "1"
    sys.exit(main())
