#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Holds what Weir shows of a cluster against what Apache Kafka's own tools tell of it: browsing (ConsoleConsumer), count
and offsets by time (GetOffsetShell), search (the consumer's output, looked through), lag and resets
(ConsumerGroupCommand). Everything must be equal.

    compare_with_tools.py --build build-release                          Weir's own broker over the wire
    WEIR_TEST_KAFKA=start compare_with_tools.py --build build-release    Apache Kafka too

--kafka-classpath 'DIR/*' takes jars that are there already. Exit 1: something differs; 77: there is no Java.
"""
import argparse
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path += [str(ROOT / "tests/clients"), str(ROOT / "tests/bench/measure")]
import run_client  # noqa: E402
import servers  # noqa: E402

START = 1_700_000_000_000
PRINT = " ".join(f"--formatter-property print.{what}=true"
                 for what in ("timestamp", "partition", "offset", "headers", "key"))
# Our words for a reset, and Apache's.
RESETS = {"earliest": "--to-earliest", "latest": "--to-latest", "offset 7": "--to-offset 7",
          f"time {START + 4500}": "--to-datetime 2023-11-14T22:13:24.500", "shift -3": "--shift-by -3",
          "shift 2": "--shift-by 2", "duration 3600000": "--by-duration PT1H"}
OFFSETS = {"-1": "latest", "-2": "earliest", "-3": "max-timestamp", str(START + 4500): str(START + 4500)}


def filling():
    """Every codec, keys and values that are null or empty, headers, transactions with their markers."""
    lines = ["topic-a TopicCommand --create --topic t-a --partitions 3 --config retention.ms=-1",
             "topic-b TopicCommand --create --topic t-b --partitions 2 --config retention.ms=-1",
             "@records t-a 20"]
    for number, codec in enumerate(("none", "gzip", "snappy", "lz4", "zstd")):
        records = "\\n".join(f"h{i}:x{i},codec:{codec}\\tk{i % 4}\\t{codec} value {i} needle-{i}" for i in range(12))
        lines.append(f"fill-{codec} ConsoleProducer --topic t-b --reader-property parse.headers=true "
                     f"--reader-property parse.key=true --reader-property null.marker=NIL --compression-codec {codec} "
                     f"--sync << {records}\\nonly:h\\tNIL\\tno key\\nonly:h\\tgone-{number}\\tNIL")
    lines += ["transactions ProducerPerformance --topic t-a --num-records 300 --record-size 20 --throughput 200 "
              "--transactional-id perf --transaction-duration-ms 300 --command-property bootstrap.servers=$B",
              "group-a ConsoleConsumer --topic t-a --group g-a --from-beginning --max-messages 100 --timeout-ms 60000",
              "group-b ConsoleConsumer --topic t-b --group g-b --from-beginning --max-messages 17 --timeout-ms 60000"]
    return lines


def browse(topic, isolation, timeout_ms):
    return (f"browse-{isolation}-{topic} ConsoleConsumer --topic {topic} --from-beginning --timeout-ms {timeout_ms} "
            f"--isolation-level read_{isolation} {PRINT}")


def questions():
    lines = []
    for topic in ("t-a", "t-b"):
        lines += [browse(topic, isolation, 4_000) for isolation in ("uncommitted", "committed")]
        lines += [f"offsets{time}-{topic} GetOffsetShell --topic {topic} --time {words}"
                  for time, words in OFFSETS.items()]
    for group in ("g-a", "g-b"):
        lines.append(f"lag-{group} ConsumerGroupCommand --describe --group {group}")
        lines += [f"preview-{group}-{ours.replace(' ', '=')} ConsumerGroupCommand --reset-offsets --group {group} "
                  f"--all-topics {theirs} --dry-run" for ours, theirs in RESETS.items()]
    return lines


def ask_tools(java, classes_or_source, bootstrap, lines, folder):
    """name -> the lines that a tool wrote."""
    (folder / "calls.txt").write_text("\n".join(lines) + "\n")
    done = subprocess.run([*java, *classes_or_source, str(folder / "calls.txt"), bootstrap], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, timeout=400)
    found = {}
    for match in re.finditer(r"^#### (\S+).*?\n(.*?)^#### exit (.*?)$", done.stdout, re.M | re.S):
        found[match[1]] = match[2].splitlines()
        if match[3] not in ("0", "none", "step", ""):
            print(f"{match[1]}: exit {match[3]}: {match[2][-300:]}")
    if not found:
        raise RuntimeError(done.stdout + done.stderr)
    return found


def ask_weir(program, bootstrap, *words):
    done = subprocess.run([str(program), *words], env={**os.environ, "WEIR_SUITE_OVER": bootstrap},
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=120)
    if done.returncode:
        raise RuntimeError(f"{' '.join(words)}: {done.stderr}")
    return done.stdout.splitlines()


def describe_columns(lines):
    """What ConsumerGroupCommand --describe says, in the words of weir_cluster_facts lag."""
    rows = []
    for line in lines:
        match = re.match(r"\S+\s+(\S+)\s+(\d+)\s+(\d+|-)\s+(\d+|-)\s+(-?\d+|-)\s", line + " ")
        if match:
            rows.append(" ".join(match.groups()).replace(" -", " -1"))
    return sorted(rows)


def reset_columns(lines):
    return sorted(f"{m[1]} {m[2]} {m[3]}" for line in lines
                  if (m := re.match(r"\S+\s+(\S+)\s+(\d+)\s+(\d+)\s*$", line)))


class Comparison:
    def __init__(self):
        self.rows, self.failed = [], 0

    def equal(self, what, weir, theirs):
        same = weir == theirs and bool(theirs)
        self.rows.append((what, len(theirs), "equal" if same else "DIFFERENT"))
        if not same:
            self.failed += 1
            print(f"{what}: DIFFERENT\n  Weir  {[x for x in weir if x not in theirs][:5]}"
                  f"\n  Apache {[x for x in theirs if x not in weir][:5]} ({len(weir)} and {len(theirs)} lines)")


def browsed(answers, topic, isolation):
    return sorted(line for line in answers[f"browse-{isolation}-{topic}"] if line.startswith("CreateTime:"))


def compare(facts, java, source, bootstrap, folder):
    result = Comparison()
    ask_tools(java, source, bootstrap, filling(), folder)
    theirs = ask_tools(java, source, bootstrap, questions(), folder)
    for topic in ("t-a", "t-b"):
        consumed = {}
        for isolation, what in (("uncommitted", "browse"), ("committed", "browse-committed")):
            ours = sorted(ask_weir(facts, bootstrap, what, topic))
            consumed[isolation] = browsed(theirs, topic, isolation)
            if len(consumed[isolation]) < len(ours):
                # A consumer knows its end by silence, which on a slow machine may come before the first record.
                theirs |= ask_tools(java, source, bootstrap, [browse(topic, isolation, 60_000)], folder)
                consumed[isolation] = browsed(theirs, topic, isolation)
            result.equal(f"records of {topic}, read {isolation}", ours, consumed[isolation])
        for needle in ("needle-7", "zstd value", "record 1") if topic == "t-b" else ("1",):
            hits = [re.match(r"\S+\tPartition:(\d+)\tOffset:(\d+)\t(?:\S*)\t(.*)$", line)
                    for line in consumed["uncommitted"]]
            hits = sorted(f"{m[1]}:{m[2]}" for m in hits if m and needle in m[3])
            if hits:
                found = sorted(ask_weir(facts, bootstrap, "search", topic, needle))
                result.equal(f"search of {topic} for {needle!r}", found, hits)
        for time, words in OFFSETS.items():
            # GetOffsetShell leaves out a partition that has no such record.
            found = [line for line in ask_weir(facts, bootstrap, "offsets", topic, time) if not line.endswith(":")]
            result.equal(f"offsets of {topic}, {words}", sorted(found),
                         sorted(line for line in theirs[f"offsets{time}-{topic}"] if line.startswith(topic)))
    for group in ("g-a", "g-b"):
        result.equal(f"lag of {group}", sorted(ask_weir(facts, bootstrap, "lag", group)),
                     describe_columns(theirs[f"lag-{group}"]))
        for ours in RESETS:
            result.equal(f"reset of {group}, {ours}, looked at first",
                         sorted(ask_weir(facts, bootstrap, "preview", group, *ours.split())),
                         reset_columns(theirs[f"preview-{group}-{ours.replace(' ', '=')}"]))
    # What one of them sets the other one sees.
    set_by_weir = sorted(ask_weir(facts, bootstrap, "reset", "g-a", "shift", "-3"))
    after = ask_tools(java, source, bootstrap, ["seen ConsumerGroupCommand --describe --group g-a",
                                                "set ConsumerGroupCommand --reset-offsets --group g-b --all-topics "
                                                "--to-offset 5 --execute"], folder)
    result.equal("a reset by Weir, as Apache's tool sees it", set_by_weir,
                 [" ".join(row.split()[:3]) for row in describe_columns(after["seen"])])
    result.equal("a reset by Apache's tool, as Weir sees it",
                 [" ".join(row.split()[:3]) for row in sorted(ask_weir(facts, bootstrap, "lag", "g-b"))],
                 reset_columns(after["set"]))
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, required=True)
    parser.add_argument("--kafka-classpath")
    args = parser.parse_args()
    try:
        run_client.need("java", "javac")
        cache = args.build.resolve() / "tests/clients/work/cache"
        if args.kafka_classpath:
            # Apache's tools and Kafka Streams, which ToolCalls uses too.
            classpath, source = args.kafka_classpath, [str(ROOT / "tests/clients/java/src/main/java/ToolCalls.java")]
        else:
            cache.mkdir(parents=True, exist_ok=True)
            classpath, source = run_client.java_classes(cache), ["ToolCalls"]
    except run_client.Skip as why:
        print(why)
        return 77
    java = ["java", "-Xmx512m", "-Duser.timezone=UTC", "-Dorg.slf4j.simpleLogger.defaultLogLevel=off",
            "--add-opens", "java.base/java.lang=ALL-UNNAMED", "-cp", classpath]
    facts = args.build / "tests/app/cluster/weir_cluster_facts"
    failed = 0
    with tempfile.TemporaryDirectory(prefix="weir-compare-") as name:
        folder = pathlib.Path(name)
        clusters = [servers.Weir(args.build / "app/weir-broker", folder / "weir")]
        if os.environ.get("WEIR_TEST_KAFKA") == "start":
            clusters.append(servers.Kafka(classpath, folder / "kafka"))
        for cluster in clusters:
            cluster.start()
            try:
                result = compare(facts, java, source, cluster.bootstrap, folder)
            finally:
                cluster.stop()
            failed += result.failed
            print(f"{'Apache Kafka' if cluster.name == 'kafka' else 'Weir over the wire'}:")
            for what, lines, verdict in result.rows:
                print(f"  {what:58} {lines:5} lines  {verdict}")
    print("everything is equal" if failed == 0 else f"{failed} comparisons differ")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
