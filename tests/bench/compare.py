#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Weir, Apache Kafka and the client's own ceiling, measured in turn with the same client; prints medians and ratios.

    compare.py --broker build-release/app/weir-broker --client build-release/tests/bench/bench_client [--rounds 5]
               [--kafka-classpath 'DIR/*'] [--search build-release/tests/bench/bench_search] [--quick]

Apache Kafka runs where a Java runtime and its published artifacts are: give the class path, or let the client tests
fetch it first (tests/clients, cache/java/libs). A broker is started fresh for every measurement, on loopback.
"""
import argparse
import json
import os
import pathlib
import shutil
import signal
import socket
import statistics
import subprocess
import tempfile
import time


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def answers(port):
    """True once the port answers an ApiVersions v0 request."""
    request = bytes.fromhex("0000000e" "0012" "0000" "00000001" "0004") + b"wait"
    try:
        with socket.create_connection(("127.0.0.1", port), 1) as s:
            s.settimeout(1)
            s.sendall(request)
            return len(s.recv(8)) == 8
    except OSError:
        return False


def status(pid, field):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(field + ":"):
            return int(line.split()[1])
    return 0


def cpu_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Server:
    """A broker process; `start` returns the seconds from exec to the first answered ApiVersions."""

    def __init__(self, name, folder):
        self.name, self.folder, self.port, self.process = name, folder, free_port(), None
        self.settings = {}

    def start(self):
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        command, env = self.command()
        begin = time.monotonic()
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=env)
        while not answers(self.port):
            if self.process.poll() is not None or time.monotonic() - begin > 60:
                raise RuntimeError(f"{self.name} did not start")
        return time.monotonic() - begin

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Weir(Server):
    def __init__(self, program, folder):
        super().__init__("weir", folder)
        self.program = program

    def command(self):
        settings = [word for name, value in self.settings.items() for word in ("--set", f"{name}={value}")]
        return [self.program, "--data", str(self.folder), "--listen", f"127.0.0.1:{self.port}", *settings], None


class Kafka(Server):
    def __init__(self, classpath, folder):
        super().__init__("kafka", folder)
        self.classpath = classpath

    def command(self):
        controller = free_port()
        config = self.folder / "server.properties"
        config.write_text("\n".join([
            "process.roles=broker,controller", "node.id=1", f"controller.quorum.voters=1@127.0.0.1:{controller}",
            f"listeners=PLAINTEXT://127.0.0.1:{self.port},CONTROLLER://127.0.0.1:{controller}",
            f"advertised.listeners=PLAINTEXT://127.0.0.1:{self.port}", "controller.listener.names=CONTROLLER",
            f"log.dirs={self.folder}/data", "offsets.topic.replication.factor=1",
            "transaction.state.log.replication.factor=1", "transaction.state.log.min.isr=1",
            *[f"{name}={value}" for name, value in self.settings.items()]]))
        java = ["java", "-Xmx1g", "-Xms1g", "-XX:+UseG1GC", "-Dorg.slf4j.simpleLogger.defaultLogLevel=off", "-cp",
                self.classpath]
        subprocess.run([*java, "kafka.tools.StorageTool", "format", "-t", "AAAAAAAAQACAAAAAAAAAAQ", "-c", str(config)],
                       check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return [*java, "kafka.Kafka", str(config)], None


def measure(client, *args):
    done = subprocess.run([client, *map(str, args)], capture_output=True, text=True, timeout=300)
    if done.returncode != 0 or not done.stdout.strip():
        raise RuntimeError(f"{args}: {done.stderr.strip()[-200:]} {done.stdout}")
    return json.loads(done.stdout.strip().splitlines()[-1])


class Table:
    def __init__(self):
        self.values = {}

    def add(self, work, who, value):
        self.values.setdefault(work, {}).setdefault(who, []).append(value)

    def show(self):
        print(f"\n{'work':<44}{'weir':>14}{'spread':>8}{'kafka':>14}{'ceiling':>14}{'x kafka':>9}{'x ceiling':>10}")
        for work, by in self.values.items():
            mid = {who: statistics.median(v) for who, v in by.items()}
            w = mid.get("weir")
            spread = (max(by["weir"]) - min(by["weir"])) / w * 100 if w else 0
            cell = lambda who: f"{mid[who]:>14,.1f}" if who in mid else f"{'–':>14}"
            ratio = lambda who: f"{w / mid[who]:>9.2f}" if w and who in mid and mid[who] else f"{'–':>9}"
            print(f"{work:<44}{cell('weir')}{spread:>7.0f}%{cell('kafka')}{cell('ceiling')}{ratio('kafka')} {ratio('ceiling')}")


def throughput(args, servers, table, rounds):
    scale = 0.2 if args.quick else 1
    for size, count in ((100, int(2_000_000 * scale)), (1024, int(500_000 * scale))):
        for acks in ("1", "all"):
            for codec in ("none", "lz4"):
                common = ("--size", size, "--acks", acks, "--codec", codec, "--records", count)
                work = f"produce {size} B acks={acks} {codec}, records/s"
                for _ in range(rounds):
                    for server in servers:
                        server.start()
                        try:
                            before = cpu_seconds(server.process.pid)
                            got = measure(args.client, "produce", "--bootstrap", f"127.0.0.1:{server.port}", *common)
                            cpu = cpu_seconds(server.process.pid) - before
                            table.add(work, server.name, got["records_per_s"])
                            gb = count * size / 1e9
                            if acks == "1" and codec == "none":
                                table.add(f"  broker CPU s per GB in, {size} B", server.name, cpu / gb)
                                before = cpu_seconds(server.process.pid)
                                got = measure(args.client, "consume", "--bootstrap", f"127.0.0.1:{server.port}",
                                              "--records", count)
                                table.add(f"consume {size} B, records/s", server.name, got["records_per_s"])
                                table.add(f"  broker CPU s per GB out, {size} B", server.name,
                                          (cpu_seconds(server.process.pid) - before) / gb)
                        finally:
                            server.stop()
                    if acks == "1":
                        table.add(work, "ceiling", measure(args.client, "produce", "--mock", *common)["records_per_s"])


def commits(args, servers, table, rounds):
    """Every batch of one record is on stable storage before it is acknowledged."""
    count = 2_000 if args.quick else 10_000
    for server in servers:
        server.settings = {"log.flush.interval.messages": 1}
    for in_flight in (1, 5, 64):
        for _ in range(rounds):
            for server in servers:
                server.start()
                try:
                    got = measure(args.client, "produce", "--bootstrap", f"127.0.0.1:{server.port}", "--size", 100,
                                  "--acks", "all", "--codec", "none", "--linger", 0, "--batch", 1, "--in-flight",
                                  in_flight, "--records", count if in_flight > 1 else count // 10)
                    table.add(f"durable commits/s, {in_flight} in flight", server.name, got["records_per_s"])
                finally:
                    server.stop()
    for server in servers:
        server.settings = {}


def latencies(args, servers, table, rounds):
    for rate in (1000, 50000):
        for _ in range(rounds):
            for server in servers:
                server.start()
                try:
                    got = measure(args.client, "latency", "--bootstrap", f"127.0.0.1:{server.port}", "--rate", rate,
                                  "--seconds", 2 if args.quick else 5)
                    for name in ("p50_us", "p99_us", "p999_us"):
                        table.add(f"end to end at {rate}/s, {name}", server.name, got[name])
                finally:
                    server.stop()


def starting(servers, table, rounds):
    for _ in range(rounds):
        for server in servers:
            table.add("start to ApiVersions answered, ms", server.name, server.start() * 1000)
            time.sleep(1)
            table.add("idle resident memory, MiB", server.name, status(server.process.pid, "VmRSS") / 1024)
            server.stop()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--broker", required=True)
    parser.add_argument("--client", required=True)
    parser.add_argument("--kafka-classpath")
    parser.add_argument("--search")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--quick", action="store_true")
    args = parser.parse_args()
    rounds = 1 if args.quick else args.rounds
    with tempfile.TemporaryDirectory(prefix="weir-bench-") as work:
        servers = [Weir(args.broker, pathlib.Path(work) / "weir")]
        if args.kafka_classpath and shutil.which("java"):
            servers.append(Kafka(args.kafka_classpath, pathlib.Path(work) / "kafka"))
        else:
            print("Apache Kafka is not measured: no Java runtime, or no class path given.")
        table = Table()
        starting(servers, table, rounds)
        throughput(args, servers, table, rounds)
        commits(args, servers, table, rounds)
        latencies(args, servers, table, rounds)
        table.show()
    if args.search:
        print(subprocess.run([args.search], capture_output=True, text=True).stdout)


if __name__ == "__main__":
    main()
