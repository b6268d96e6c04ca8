#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Instructions, allocations and system calls for each record, held against expected.json. See README.md.

    check_counts.py --build BUILD --compiler "GNU 12.2.0" [--update]

Ends with 77 where neither valgrind nor strace is installed.
"""
import argparse
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "bench"))
from measure.servers import answers, free_port

LOOPS = {"append": 300, "fetch": 60, "decode": 300, "filter": 300}
EXPECTED = pathlib.Path(__file__).parent / "expected.json"
# A record of a batch of a hundred: what is allocated or asked of the system is for the batch or the answer.
MOST_ALLOCATIONS = {"append": 0.02, "fetch": 0.02, "decode": 0.05, "filter": 0.0}
MOST_CALLS = 0.02
BROKER_RECORDS = 200_000


def loop(program, name, folder, prefix=()):
    """Fresh folder, so that each run does the same."""
    shutil.rmtree(folder, ignore_errors=True)
    done = subprocess.run([*prefix, program, name, folder, str(LOOPS[name])], capture_output=True, text=True,
                          timeout=200, check=True)
    return json.loads(done.stdout), done.stderr


def instructions(program, name, work):
    out = work / "callgrind.out"
    got, said = loop(program, name, str(work / "log"),
                     ["valgrind", "--tool=callgrind", "--collect-atstart=no", "--toggle-collect=measuredLoop",
                      f"--callgrind-out-file={out}"])
    collected = re.search(r"Collected : (\d+)", said)
    return int(collected.group(1)) / got["records"]


def calls_in(summary):
    total = re.search(r"^\s*100\.00\s+\S+\s+\S*\s*(\d+)", summary.read_text(), re.M)
    if not total:
        raise RuntimeError("strace said nothing that can be read")
    return int(total.group(1))


def broker_calls(build, work):
    """System calls of a broker's whole life, for each record that came and went."""
    port, summary = free_port(), work / "calls"
    broker = subprocess.Popen(["strace", "-f", "-c", "-o", str(summary), str(build / "app/weir-broker"), "--data",
                               str(work / "broker"), "--listen", f"127.0.0.1:{port}"], stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL)
    try:
        until = time.monotonic() + 30
        while not answers(port):
            if time.monotonic() > until:
                raise RuntimeError("the broker did not start")
            time.sleep(0.02)
        client = str(build / "tests/bench/bench_client")
        ask = ["--bootstrap", f"127.0.0.1:{port}", "--records", str(BROKER_RECORDS)]
        subprocess.run([client, "produce", *ask, "--size", "100", "--acks", "1", "--codec", "none"], check=True,
                       timeout=120, stdout=subprocess.DEVNULL)
        subprocess.run([client, "consume", *ask], check=True, timeout=120, stdout=subprocess.DEVNULL)
        subprocess.run(["pkill", "-TERM", "-P", str(broker.pid)], check=True)
        broker.wait(30)
    finally:
        if broker.poll() is None:
            broker.send_signal(signal.SIGTERM)
            broker.wait(30)
    return calls_in(summary) / (2 * BROKER_RECORDS)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True, type=pathlib.Path)
    parser.add_argument("--compiler", required=True)
    parser.add_argument("--update", action="store_true")
    args = parser.parse_args()
    tools = {tool: shutil.which(tool) for tool in ("valgrind", "strace")}
    if not any(tools.values()):
        print("skipped: neither valgrind nor strace is installed")
        return 77
    expected = json.loads(EXPECTED.read_text())
    mine = expected["instructions"].setdefault(args.compiler, {})
    program = str(args.build / "tests/counts/count_loops")
    failed = []
    base = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="weir-counts-", dir=base) as folder:
        work = pathlib.Path(folder)
        for name in LOOPS:
            got, _ = loop(program, name, str(work / "log"))
            allocations = got["allocations"] / got["records"]
            print(f"{name:<8}{allocations:>10.4f} allocations a record (at most {MOST_ALLOCATIONS[name]})")
            if allocations > MOST_ALLOCATIONS[name]:
                failed.append(f"{name}: allocations")
            if not tools["valgrind"]:
                continue
            count = instructions(program, name, work)
            known = mine.get(name)
            print(f"{name:<8}{count:>10.2f} instructions a record" + (f" (expected {known})" if known else ""))
            if args.update:
                mine[name] = round(count, 2)
            elif known and abs(count / known - 1) > 0.01:
                failed.append(f"{name}: instructions")
        if tools["strace"]:
            calls = broker_calls(args.build, work)
            print(f"broker  {calls:>10.4f} system calls a record in and out (at most {MOST_CALLS})")
            if calls > MOST_CALLS:
                failed.append("broker: system calls")
    for tool, path in tools.items():
        if not path:
            print(f"not counted: {tool} is not installed")
    if args.update:
        EXPECTED.write_text(json.dumps(expected, indent=2, sort_keys=True) + "\n")
    if failed:
        print("outside of what is expected: " + ", ".join(failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
