#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kafka Streams with exactly_once_v2, Kafka Connect and MirrorMaker 2, as they are published, on a broker of their own.

    run_frameworks.py --framework streams|connect|mirror --work DIR --broker PATH [--kills 3] [--records 2000] [--seed N]

MirrorMaker copies between the broker and an Apache Kafka that is started beside it. Exit 77 means skipped."""
import argparse
import concurrent.futures
import functools
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
sys.path += [str(HERE.parent), str(HERE.parents[1] / "bench")]
import run_client  # noqa: E402
from measure import servers  # noqa: E402

LOG = "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn"


def java(classes, *args, heap="384m"):
    return ["java", f"-Xmx{heap}", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", LOG, "-cp", classes, *args]


def properties(path, **values):
    path.write_text("".join(f"{name.replace('__', '.')}={value}\n" for name, value in values.items()))
    return str(path)


def until(what, condition, seconds=60):
    """Waits for a condition that other processes bring about."""
    end = time.monotonic() + seconds
    while True:
        last = condition()
        if last is True:
            return
        if time.monotonic() > end:
            raise AssertionError(f"{what}: {last}")
        time.sleep(0.1)


class Program:
    """A Java program that runs until it is stopped, its output in a file."""

    def __init__(self, command, log):
        self.log = log
        self.process = subprocess.Popen(command, stdout=open(log, "a"), stderr=subprocess.STDOUT)

    def stop(self, kill=False):
        if self.process.poll() is None:
            self.process.kill() if kill else self.process.terminate()
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


def together(*works):
    """Runs works that mostly wait beside each other."""
    with concurrent.futures.ThreadPoolExecutor() as threads:
        for work in [threads.submit(each) for each in works]:
            work.result()


def streams(args, classes, home, broker):
    together(*[functools.partial(judge, args, classes, broker, protocol, home / protocol)
               for protocol in ("classic", "streams")])


def judge(args, classes, broker, protocol, folder):
    folder.mkdir()
    command = java(classes, "ExactlyOnce", "judge", broker.bootstrap, protocol, str(args.kills), str(args.records),
                   str(folder), str(args.seed))
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout:
            note(args, line.rstrip())
    if process.returncode != 0:
        note(args, f"FAIL streams-{protocol}-judge: exit code {process.returncode}")


def note(args, line):
    print(line, flush=True)
    verdict, _, rest = line.partition(" ")
    if verdict in ("PASS", "FAIL"):
        args.results.append(verdict)


# Kafka Connect.

def lines(path):
    return path.read_text().splitlines() if path.exists() else []


def append(path, first, last):
    with open(path, "a") as file:
        file.writelines(f"line {i}\n" for i in range(first, last))


def standalone(args, classes, home, broker):
    """A file through a topic into a file, with the worker stopped in between."""
    source, sink = home / "in.txt", home / "out.txt"
    worker = properties(home / "worker.properties", bootstrap__servers=broker.bootstrap,
                        key__converter="org.apache.kafka.connect.storage.StringConverter",
                        value__converter="org.apache.kafka.connect.storage.StringConverter",
                        offset__storage__file__filename=home / "offsets", offset__flush__interval__ms=500,
                        listeners=f"http://127.0.0.1:{servers.free_port()}", plugin__discovery="only_scan")
    reads = properties(home / "source.properties", name="file-source",
                       connector__class="org.apache.kafka.connect.file.FileStreamSourceConnector", file=source,
                       topic="connect-lines")
    writes = properties(home / "sink.properties", name="file-sink",
                        connector__class="org.apache.kafka.connect.file.FileStreamSinkConnector", file=sink,
                        topics="connect-lines")
    command = java(classes, "org.apache.kafka.connect.cli.ConnectStandalone", worker, reads, writes)
    append(source, 0, 500)
    program = Program(command, home / "standalone.log")
    try:
        until("the first lines", lambda: lines(sink) == lines(source) or f"{len(lines(sink))} of 500")
        program.stop()
        append(source, 500, 1000)
        program = Program(command, home / "standalone.log")
        until("the lines after the restart", lambda: lines(sink) == lines(source) or f"{len(lines(sink))} of 1000")
    finally:
        program.stop()


class Rest:
    def __init__(self, port):
        self.base = f"http://127.0.0.1:{port}"

    def ask(self, method, path, body=None):
        """(status, answer); status 0 while nobody listens."""
        request = urllib.request.Request(self.base + path, method=method,
                                         data=json.dumps(body).encode() if body is not None else None,
                                         headers={"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                text = answer.read()
                return answer.status, json.loads(text) if text else None
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode(errors="replace")
        except (OSError, ValueError):
            return 0, None

    def isRunning(self, name, tasks=1):
        status, answer = self.ask("GET", f"/connectors/{name}/status")
        if status != 200:
            return f"status {status}"
        states = [answer["connector"]["state"], *[task["state"] for task in answer["tasks"]]]
        return states == ["RUNNING"] * (1 + tasks) or str(states)

    def restart_failed(self, name):
        """What failed, as an operator would: Connect leaves a task failed that was just asking the dead worker to fence
        its predecessor."""
        state = self.isRunning(name)
        if "FAILED" in str(state):
            self.ask("POST", f"/connectors/{name}/restart?includeTasks=true&onlyFailed=true")
        return state


def distributed(args, classes, home, broker):
    """Two workers and their REST API: connectors are made, paused, changed, moved when a worker dies, and deleted; the
    source writes in transactions."""
    source, sink = home / "in.txt", home / "out.txt"
    workers = []

    def start(number):
        port = servers.free_port()
        config = properties(
            home / f"worker-{number}.properties", bootstrap__servers=broker.bootstrap, group__id="connect-cluster",
            key__converter="org.apache.kafka.connect.storage.StringConverter",
            value__converter="org.apache.kafka.connect.storage.StringConverter", config__storage__topic="connect-configs",
            offset__storage__topic="connect-offsets", status__storage__topic="connect-status",
            config__storage__replication__factor=1, offset__storage__replication__factor=1,
            status__storage__replication__factor=1, offset__flush__interval__ms=500, session__timeout__ms=6000,
            heartbeat__interval__ms=1000, scheduled__rebalance__max__delay__ms=0,
            exactly__once__source__support="enabled", listeners=f"http://127.0.0.1:{port}",
            plugin__discovery="only_scan")
        program = Program(java(classes, "org.apache.kafka.connect.cli.ConnectDistributed", config),
                          home / f"worker-{number}.log")
        workers.append((program, Rest(port)))
        return workers[-1]

    def expect(what, got, *wanted):
        if got[0] not in wanted:
            raise AssertionError(f"{what}: {got}")

    append(source, 0, 300)
    try:
        first, rest = start(1)
        until("the worker's REST API", lambda: rest.ask("GET", "/connectors") == (200, []) or "not there", 90)
        reads = {"connector.class": "org.apache.kafka.connect.file.FileStreamSourceConnector", "tasks.max": "1",
                 "file": str(source), "topic": "connect-moved", "transaction.boundary": "poll"}
        writes = {"connector.class": "org.apache.kafka.connect.file.FileStreamSinkConnector", "tasks.max": "1",
                  "file": str(sink), "topics": "connect-moved", "consumer.override.isolation.level": "read_committed"}
        expect("a connector is made", rest.ask("POST", "/connectors", {"name": "reads", "config": reads}), 201)
        expect("so is another", rest.ask("POST", "/connectors", {"name": "writes", "config": writes}), 201)
        for name in ("reads", "writes"):
            until(name, lambda: rest.isRunning(name))
        until("the lines", lambda: lines(sink) == lines(source) or f"{len(lines(sink))} of 300")

        expect("pause", rest.ask("PUT", "/connectors/reads/pause"), 202)
        until("paused", lambda: rest.ask("GET", "/connectors/reads/status")[1]["connector"]["state"] == "PAUSED" or "no")
        append(source, 300, 400)
        expect("resume", rest.ask("PUT", "/connectors/reads/resume"), 202)
        until("the lines after the pause", lambda: lines(sink) == lines(source) or f"{len(lines(sink))} of 400")
        expect("offsets", rest.ask("GET", "/connectors/reads/offsets"), 200)
        expect("a config that cannot be", rest.ask("PUT", "/connectors/reads/config", {**reads, "tasks.max": "none"}), 400)
        expect("a changed config", rest.ask("PUT", "/connectors/reads/config", {**reads, "errors.log.enable": "true"}), 200)

        second, other = start(2)
        until("the second worker", lambda: other.isRunning("writes"), 90)
        first.stop(kill=True)
        append(source, 400, 600)
        for name in ("reads", "writes"):
            until(f"{name} on the other worker", lambda: other.restart_failed(name), 180)
        until("the lines after the kill",
              lambda: lines(sink)[-1:] == ["line 599"] or [other.restart_failed("reads"), *lines(sink)[-1:]], 180)
        # What the dead worker had not committed is written to the file again; the topic has each line once.
        if sorted(set(lines(sink))) != sorted(lines(source)):
            raise AssertionError("lines are missing after the kill")
        expect("delete", other.ask("DELETE", "/connectors/writes"), 204)
        until("the list", lambda: other.ask("GET", "/connectors") == (200, ["reads"]) or "still there")
        done = subprocess.run(java(classes, "Copies", "once", broker.bootstrap, "connect-moved", "600"),
                              stdout=subprocess.PIPE, text=True, timeout=60)
        if done.returncode != 0:
            raise AssertionError(done.stdout.strip())
    finally:
        for program, _ in workers:
            program.stop(kill=True)


def connect(args, classes, home, broker):
    def run(name, scenario):
        folder = home / name
        folder.mkdir()
        scenario_runs(args, name, lambda: scenario(args, classes, folder, broker))

    together(lambda: run("connect-standalone", standalone), lambda: run("connect-distributed", distributed))


def scenario_runs(args, name, scenario):
    try:
        scenario()
        note(args, f"PASS {name}")
    except AssertionError as why:
        note(args, f"FAIL {name}: {why}")


# MirrorMaker 2.

def mirror(args, classes, home, broker):
    """Topics, settings, records and a group's offsets from here to Apache Kafka and back."""
    kafka = servers.Kafka(classes, home / "kafka")
    kafka.settings = {"group.initial.rebalance.delay.ms": 0}
    kafka.start()
    program = None
    beside = f"127.0.0.1:{kafka.port}"

    def copies(*words):
        done = subprocess.run(java(classes, "Copies", *words), stdout=subprocess.PIPE, text=True, timeout=180)
        return done.returncode == 0 or done.stdout.strip()[-300:]

    def scenario():
        nonlocal program
        for what, words in (("records here", ("make", broker.bootstrap, "orders", "weir-readers")),
                            ("records there", ("make", beside, "bills", "kafka-readers"))):
            if (made := copies(*words)) is not True:
                raise AssertionError(f"{what}: {made}")
        config = home / "mm2.properties"
        config.write_text("\n".join([
            "clusters=weir,kafka", f"weir.bootstrap.servers={broker.bootstrap}", f"kafka.bootstrap.servers={beside}",
            "weir->kafka.enabled=true", "kafka->weir.enabled=true", "weir->kafka.topics=orders",
            "kafka->weir.topics=bills", "groups=.*-readers", "replication.factor=1", "checkpoints.topic.replication.factor=1",
            "heartbeats.topic.replication.factor=1", "offset-syncs.topic.replication.factor=1",
            "offset.storage.replication.factor=1", "status.storage.replication.factor=1",
            "config.storage.replication.factor=1", "sync.group.offsets.enabled=true", "emit.checkpoints.interval.seconds=1",
            "sync.group.offsets.interval.seconds=1", "refresh.topics.interval.seconds=2", "refresh.groups.interval.seconds=1",
            "sync.topic.configs.interval.seconds=2", "offset.lag.max=0", "offset.flush.interval.ms=500",
            "dedicated.mode.enable.internal.rest=false", "tasks.max=1", "plugin.discovery=only_scan"]) + "\n")
        program = Program(java(classes, "org.apache.kafka.connect.mirror.MirrorMaker", str(config), heap="768m"),
                          home / "mirror.log")
        for what, words in (("from here to Kafka", (broker.bootstrap, "orders", beside, "weir.orders", "weir-readers")),
                            ("from Kafka to here", (beside, "bills", broker.bootstrap, "kafka.bills", "kafka-readers"))):
            if (same := copies("same", *words)) is not True:
                raise AssertionError(f"{what}: {same}")

    try:
        scenario_runs(args, "mirror-both-ways", scenario)
    finally:
        if program:
            program.stop()
        kafka.stop()


FRAMEWORKS = {"streams": streams, "connect": connect, "mirror": mirror}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--framework", required=True, choices=sorted(FRAMEWORKS))
    parser.add_argument("--work", required=True, type=pathlib.Path)
    parser.add_argument("--broker", required=True, help="path of weir-broker")
    parser.add_argument("--kills", type=int, default=3)
    parser.add_argument("--records", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=random.randrange(2**31))
    args = parser.parse_args()
    args.results = []
    cache = args.work / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    try:
        classes = run_client.java_classes(cache, HERE)
    except run_client.Skip as why:
        print(f"SKIP {args.framework}: {why}")
        return run_client.SKIPPED
    home = args.work / f"framework-{args.framework}"
    shutil.rmtree(home, ignore_errors=True)
    data = home / "data"
    data.mkdir(parents=True)
    broker = run_client.Broker(args.broker, data)
    broker.start("group.streams.min.session.timeout.ms=6000", "group.streams.session.timeout.ms=6000",
                 "group.streams.min.heartbeat.interval.ms=1000", "group.streams.heartbeat.interval.ms=1000")
    try:
        FRAMEWORKS[args.framework](args, classes, home, broker)
    finally:
        broker.stop()
    return 1 if not args.results or "FAIL" in args.results else 0


if __name__ == "__main__":
    sys.exit(main())
