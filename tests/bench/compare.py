#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Weir, Apache Kafka and the clients' own ceilings, measured in turn with the same clients; one table with medians,
spread, ratios, and which target is met.

    compare.py --build build-release [--rounds 5] [--kafka-classpath 'DIR/*'] [--quick] [--only PART,...]

Apache Kafka runs where a Java runtime and its published artifacts are: give the class path, or let the client tests
fetch it first (tests/clients, cache/java/libs). Everything is on loopback, in a temporary folder. Quick takes about ten
minutes, the full form some hours.
"""
import argparse
import contextlib
import os
import pathlib
import platform
import shutil
import tempfile
import time

from measure import footprint, latency, throughput
from measure.clients import Clients
from measure.servers import Kafka, Weir
from measure.table import Table

PARTS = {"starting": footprint.starting, "memory": footprint.memory, "throughput": throughput.measure,
         "durable": latency.durable, "end-to-end": latency.end_to_end, "fan-out": latency.fan_out,
         "coordination": latency.coordination, "growth": footprint.growth, "large": footprint.large}


class Run:
    """What every part needs."""

    def __init__(self, args, work):
        self.work, self.quick = work, args.quick
        self.rounds = 1 if args.quick else args.rounds
        self.shrink = 4 if args.quick else 1
        self.table = Table()
        build = pathlib.Path(args.build)
        self.java = args.kafka_classpath is not None and shutil.which("javac") is not None
        self.clients = Clients(build / "tests/bench/bench_client", build / "tests/bench/bench_crowd",
                               args.kafka_classpath, work)
        self.servers = [Weir(build / "app/weir-broker", work / "weir")]
        if args.kafka_classpath and shutil.which("java"):
            self.servers.append(Kafka(args.kafka_classpath, work / "kafka"))
        else:
            self.table.skip("Apache Kafka", "no Java runtime, or no class path given")

    @contextlib.contextmanager
    def serving(self, *servers):
        """The servers, all of them if none is named, on fresh folders that go afterwards."""
        servers = servers or self.servers
        try:
            for server in servers:
                server.start()
            yield
        finally:
            for server in servers:
                server.stop()
                server.remove()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", required=True)
    parser.add_argument("--kafka-classpath")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", default=",".join(PARTS))
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="weir-bench-") as work:
        run = Run(args, pathlib.Path(work))
        print(f"{platform.platform()}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}, "
              f"{run.rounds} rounds, {time.strftime('%Y-%m-%d %H:%M')}")
        for part in args.only.split(","):
            begin = time.monotonic()
            try:
                PARTS[part](run)
            except (RuntimeError, OSError) as error:
                run.table.skip(part, str(error)[:300])
            print(f"{part}: {time.monotonic() - begin:.0f} s", flush=True)
        run.table.show()


if __name__ == "__main__":
    main()
