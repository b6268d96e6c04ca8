#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Calls Apache Kafka's own command line tools as tools/calls.txt says and compares what they write.

Against weir-broker alone the answers of Apache Kafka that tools/expected.txt keeps are the measure. With
WEIR_TEST_KAFKA=host:port (a fresh single node with node.id=1, StandardAuthorizer and super.users=User:ANONYMOUS) or
WEIR_TEST_KAFKA=start (one is started from the fetched jars; "again" takes its last answers) the same calls go to both;
--record writes tools/expected.txt from that. What differs on purpose stands in tools/differences.txt with its reason. Exit 77: skipped.
"""
import argparse
import collections
import difflib
import hashlib
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import time

import run_client

TOOLS = run_client.HERE / "tools"
SHORT = 24
SETTINGS = """node.id=1
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:ANONYMOUS
listeners=PLAINTEXT://127.0.0.1:0
"""
# What is different in every run.
RULES = [
    (r"\s+", " "),
    (r"(?:127\.0\.0\.1|localhost):\d+", "<broker>"),
    (r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", "<uuid>"),
    (r"\b(?!17000000)1[6-9]\d{11}\b", "<time>"),
    (r"console-(?:consumer|share-consumer)-\d+", "<group>"),
    (r"(?<![\w-])(?=[\w-]*[A-Z0-9])(?![A-Z_-]{22}(?![\w-]))(?!(?:[A-Z][a-z]+)+(?![\w-]))[\w-]{22}(?![\w-])", "<id>"),
    (r"(?:/[\w.+-]+)+/(?:data|tool-calls)[\w./+-]*", "<dir>"),
    (r"\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d+\]", "<time>"),
    (r"(HighWatermark|Epoch): \d+", r"\1: <n>"),
    (r'"avg_throughput":[\d.]+', '"avg_throughput":<n>'),
    (r"(1 A{22}) \d+", r"\1 <n>"),
    (r"(<time>) \d+( \S+)?$", r"\1 <ms>\2"),
    (r"^(1 127\.0\.0\.1) \d+", r"\1 <port>"),
    # Weir says in words of its own what is wrong; the exception's class is the answer.
    (r"^(Error while executing [\w ]+ command :) .*", r"\1 <sentence>"),
    (r"((?:\w+\.)+errors\.\w+Exception:).*", r"\1 <sentence>"),
    (r"^(Could not upgrade \S+ to \d+\.) .*", r"\1 <sentence>"),
    # A producer that asks twice for its id, because the answer was late, leaves one out.
    (r"^(x-\w+ \d+) \d+ (\w+)$", r"\1 <id> \2"),
    (r"^(1 x-\w+) \d+ ", r"\1 <id> "),
    (r"^\d+( -?\d+ -?\d+ -?\d+ (?:1700\d+|<time>) (?:None|\d+))$", r"<id>\1"),
]


class Call:
    def __init__(self, name, flags, command):
        self.name, self.command = name, command
        self.drop = re.search(r"drop=(.*)$", flags)
        self.drop = re.compile(self.drop[1]) if self.drop else None
        kinds = flags.split(",drop=")[0].split(",")
        self.sort, self.last = "sort" in kinds, "last" in kinds

    @property
    def tool(self):
        return self.command.split()[0]


def read_calls():
    calls = {}
    for line in (TOOLS / "calls.txt").read_text().splitlines():
        match = re.match(r"([\w-]+) (?:\{(.*)\} )?(\w+.*)$", line)
        if match and not line.startswith(("#", "@")):
            assert match[1] not in calls, match[1]
            calls[match[1]] = Call(match[1], match[2] or "", match[3])
    return calls


class Difference:
    """What is taken out of one broker's lines before they are compared, and why; whole lines, or `text -> other`."""

    def __init__(self, line):
        names, self.side, pattern, self.reason = [part.strip() for part in line.split(" | ", 3)]
        assert self.side in ("weir", "kafka", "both") and self.reason, line
        pattern, _, other = pattern.partition(" -> ")
        self.names, self.pattern, self.other, self.used = re.compile(names), re.compile(pattern), other, set()

    def apply(self, name, side, lines):
        if self.side not in (side, "both") or not self.names.fullmatch(name):
            return lines
        if self.other:
            changed = [self.pattern.sub("" if self.other == "nothing" else self.other, line).strip() for line in lines]
        else:
            changed = [line for line in lines if not self.pattern.search(line)]
        if changed != lines:
            self.used.add(name)
        return changed


def read_differences():
    lines = (TOOLS / "differences.txt").read_text().splitlines()
    return [Difference(line) for line in lines if line.strip() and not line.startswith("#")]


def normal(call, text):
    """The lines of an answer without what differs in every run."""
    lines = []
    for line in text.splitlines():
        line = line.rstrip()
        if re.match(r"\s+at [\w.$]+|\s*\.\.\. \d+ more", line):
            continue
        for pattern, word in RULES:
            line = re.sub(pattern, word, line)
        line = line.strip()
        if line and not (call.drop and call.drop.search(line)):
            lines.append(line)
    if call.last:
        lines = lines[-1:]
    return sorted(lines) if call.sort else lines


def answers(text, calls):
    """name -> (exit, lines) of what ToolCalls printed."""
    found = {}
    for match in re.finditer(r"^#### (\S+)(.*?)\n(.*?)^#### exit (.*?)$", text, re.M | re.S):
        name, rest, body, code = match.groups()
        if name == "step":
            found[f"step{rest}"] = (code, body.splitlines())
        else:
            found[name] = (code, normal(calls[name], body))
    return found


def without(differences, call, side, answer):
    code, lines = answer
    for each in differences:
        if each.pattern.pattern == "exit" and each.names.fullmatch(call.name):
            code, lines = "any", []
        lines = each.apply(call.name, side, lines)
    return code, sorted(lines) if call.sort else lines


def reasoned(differences, name):
    return any(name in each.used for each in differences if each.side != "both")


def brief(answer):
    """As it is kept: what is long as its number of lines and a fingerprint."""
    code, lines = answer
    if len(lines) > SHORT:
        digest = hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]
        lines = [f"({len(lines)} lines, {digest})"]
    return code, lines


def read_expected():
    """name -> (exit, lines), and the names of those that Kafka answers otherwise for a reason."""
    found, other, name = {}, set(), None
    for line in (TOOLS / "expected.txt").read_text().splitlines():
        if match := re.match(r"== (\S+) exit (\S+)( but)?$", line):
            name = match[1]
            found[name] = (match[2], [])
            if match[3]:
                other.add(name)
        elif name and line:
            found[name][1].append(line)
    return found, other


def write_expected(found, differences):
    out = ["SPDX-License-Identifier: GPL-3.0-or-later",
           "What Apache Kafka 4.2.1 answers to tools/calls.txt, normalised; run_tools.py --record writes it. \"but\": without",
           "what tools/differences.txt gives a reason for.", ""]
    for name, answer in found.items():
        code, lines = brief(answer)
        out += [f"== {name} exit {code}{' but' if reasoned(differences, name) else ''}", *lines, ""]
    (TOOLS / "expected.txt").write_text("\n".join(out))


class Kafka:
    """Apache Kafka, one fresh node on free loopback ports."""

    def __init__(self, classes, home):
        self.classes, self.home, self.process = classes, home, None

    def start(self):
        shutil.rmtree(self.home, ignore_errors=True)
        self.home.mkdir(parents=True)
        ports = []
        for _ in range(2):
            with socket.socket() as free:
                free.bind(("127.0.0.1", 0))
                ports.append(free.getsockname()[1])
        config = self.home / "server.properties"
        config.write_text(SETTINGS.replace("listeners=PLAINTEXT://127.0.0.1:0\n", "") + f"""process.roles=broker,controller
controller.quorum.voters=1@127.0.0.1:{ports[1]}
listeners=PLAINTEXT://127.0.0.1:{ports[0]},CONTROLLER://127.0.0.1:{ports[1]}
controller.listener.names=CONTROLLER
log.dirs={self.home}/data
offsets.topic.replication.factor=1
offsets.topic.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
share.coordinator.state.topic.num.partitions=1
group.initial.rebalance.delay.ms=300
log.cleaner.backoff.ms=300
""")
        java = ["java", "-Xmx512m", "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-cp", self.classes]
        log = open(self.home / "kafka.log", "w")
        subprocess.run([*java, "kafka.tools.StorageTool", "format", "-t", "V2VpclRvb2xDYWxsczEyMw", "-c", str(config)],
                       stdout=log, stderr=log, check=True)
        self.process = subprocess.Popen([*java, "kafka.Kafka", str(config)], stdout=log, stderr=log)
        for _ in range(600):
            try:
                socket.create_connection(("127.0.0.1", ports[0]), 1).close()
                return f"127.0.0.1:{ports[0]}"
            except OSError:
                time.sleep(0.1)
        raise RuntimeError("Apache Kafka did not start")

    def stop(self):
        if self.process:
            self.process.kill()
            self.process.wait()


def ask(command, bootstrap, transcript):
    done = subprocess.run([*command, str(TOOLS / "calls.txt"), bootstrap], stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, text=True)
    transcript.write_text(done.stdout)
    return done.stdout


def ask_weir(command, args, home):
    shutil.rmtree(home, ignore_errors=True)
    (home / "data").mkdir(parents=True)
    config = home / "tools.properties"
    config.write_text(SETTINGS)
    broker = run_client.Broker(args.broker, home / "data")
    broker.start(config=config)
    try:
        return ask(command, broker.bootstrap, home / "weir.txt")
    finally:
        broker.stop()


def judge(calls, weir, expected, other, differences):
    """Prints what differs and a table by tool; returns how many calls do."""
    table = collections.defaultdict(lambda: [0, 0, 0])
    failed = 0
    for name in [*calls, *(name for name in weir if name not in calls)]:
        call = calls.get(name) or Call(name, "", "steps")
        full = without(differences, call, "weir", weir.get(name, ("missing", [])))
        theirs = expected.get(name, ("missing", []))
        mine = full if full == theirs else brief(full)
        table[call.tool][2 if mine != theirs else 1 if name in other or reasoned(differences, name) else 0] += 1
        if mine != theirs:
            failed += 1
            print(f"FAIL {name}: exit {mine[0]}, wanted {theirs[0]}")
            shown = full if len(theirs[1]) > 1 else mine
            for line in list(difflib.unified_diff(theirs[1], shown[1], "Kafka", "Weir", lineterm="", n=0))[2:80]:
                print("    " + line)
    print(f"{'tool':28} same  with a reason  different")
    for tool, counts in sorted(table.items()):
        print(f"{tool:28} {counts[0]:4}  {counts[1]:13}  {counts[2]:9}")
    return failed


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--work", required=True, type=pathlib.Path)
    parser.add_argument("--broker", help="path of weir-broker")
    parser.add_argument("--record", action="store_true", help="write tools/expected.txt; needs WEIR_TEST_KAFKA")
    args = parser.parse_args()
    cache = args.work / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    home = args.work / "tools"
    home.mkdir(exist_ok=True)
    try:
        classes = run_client.java_classes(cache)
    except run_client.Skip as why:
        print(f"SKIP tools: {why}")
        return run_client.SKIPPED
    # No waiting for the JVM's best code: each call is made once.
    command = ["java", "-Xmx512m", "-XX:TieredStopAtLevel=1", "--add-opens", "java.base/java.lang=ALL-UNNAMED", "-Duser.timezone=UTC",
               "-Dorg.slf4j.simpleLogger.defaultLogLevel=off", "-cp", classes, "ToolCalls"]
    calls, differences = read_calls(), read_differences()
    expected, other = read_expected() if (TOOLS / "expected.txt").exists() else ({}, set())
    if beside := os.environ.get("WEIR_TEST_KAFKA"):
        kafka = Kafka(classes, home / "kafka")
        transcript = home / "kafka.txt"
        try:
            text = transcript.read_text() if beside == "again" else ask(
                command, kafka.start() if beside == "start" else beside, transcript)
        finally:
            kafka.stop()
        expected = {name: without(differences, calls[name] if name in calls else Call(name, "", "steps"), "kafka", answer)
                    for name, answer in answers(text, calls).items()}
        other = {name for name in expected if reasoned(differences, name)}
        if args.record:
            write_expected(expected, differences)
    if not args.broker:
        return 0
    failed = judge(calls, answers(ask_weir(command, args, home / "weir"), calls), expected, other, differences)
    for each in differences:
        if not each.used and each.side == "weir":
            print(f"note: it changes nothing any more: {each.names.pattern} | {each.pattern.pattern}")
    print(f"tools: {len(calls) - failed} of {len(calls)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
