#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person at the window waits for, held against what is promised; one table.

    window.py --build build-release [--records 10000000]

Starts the program itself offscreen (painted, idle memory, idle processor time), then runs bench_views, bench_search
(beside kcat and ripgrep where they are installed) and bench_stall.
"""
import argparse
import json
import os
import pathlib
import signal
import statistics
import subprocess
import tempfile
import time

from measure.servers import cpu, resident

# Row: (bound, True when more is better).
TARGETS = {
    "window painted, broker serving": (120, False),
    "window idle: memory": (60, False),
    "window idle: processor": (0.5, False),
    "browse 10^12 records: frame p99": (16, False),
    "browse 10^12 records: memory grows by": (64, False),
    "10,000 topics, 100,000 partitions: listed": (300, False),
    "10,000 topics: sorted by the dearest column": (50, False),
    "10,000 topics: filtered": (50, False),
    "chart of a million points: a refresh, p50": (4, False),
    "record of 100 MB: decoded and shown": (200, False),
    "plain, text without a hit: all records": (0.30, False),
    "plain, text, every 50th: first hit": (50, False),
    "plain: stop, worst of ten": (50, False),
    "plain, regular expression: rate GB/s": (2, True),
    "plain, expression: rate M records/s": (1, True),
    "zstd, text without a hit: rate GB/s": (1.5, True),
    "live tail at 100,000/s: stall p99": (16.7, False),
    "live tail at 100,000/s: longest stall": (50, False),
}


class Table:
    def __init__(self):
        self.missed = []

    def add(self, row, value, unit):
        bound = TARGETS.get(row, TARGETS.get(f"{row} {unit}"))
        said = ""
        if bound:
            met = value >= bound[0] if bound[1] else value <= bound[0]
            said = f"target {'>=' if bound[1] else '<='} {bound[0]:g}: {'met' if met else 'missed'}"
            if not met:
                self.missed.append(row)
        print(f"{row:<58}{value:>12,.3f} {unit:<12} {said}", flush=True)

    def take(self, command, **more):
        done = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=1800, **more)
        for line in done.stdout.splitlines():
            if line.startswith("{"):
                got = json.loads(line)
                self.add(got["row"], got["value"], got["unit"])
        if done.returncode != 0:
            print(f"{command[0]}: ended with {done.returncode}: {done.stderr[-300:]}")
            self.missed.append(str(command[0]))


def program(table, build):
    """The window itself; it says when it was painted first."""
    painted = []
    for turn in range(7):
        with tempfile.TemporaryDirectory(prefix="weir-window-") as folder:
            env = dict(os.environ, QT_QPA_PLATFORM="offscreen", XDG_CONFIG_HOME=folder, XDG_DATA_HOME=folder)
            begin = time.monotonic()
            window = subprocess.Popen([build / "app/weir", "--report-start", "--data", f"{folder}/data", "--listen",
                                       "127.0.0.1:0"], env=env, stdout=subprocess.PIPE, text=True)
            for line in window.stdout:
                if "painted" in line:
                    painted.append((time.monotonic() - begin) * 1000)
                    break
            if turn == 6:
                time.sleep(3)
                before = cpu(window.pid)
                time.sleep(10)
                table.add("window idle: memory", resident(window.pid) / 2**20, "MiB")
                table.add("window idle: processor", (cpu(window.pid) - before) * 10, "% of a core")
            window.send_signal(signal.SIGTERM)
            window.wait(20)
            window.stdout.close()
    if painted:
        table.add("window painted, broker serving", statistics.median(painted), "ms")
    else:
        table.missed.append("window painted, broker serving")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", required=True, type=pathlib.Path)
    parser.add_argument("--records", type=int, default=10_000_000)
    args = parser.parse_args()
    offscreen = dict(os.environ, QT_QPA_PLATFORM="offscreen")
    table = Table()
    program(table, args.build.resolve())
    bench = args.build / "tests/bench"
    table.take([bench / "bench_views"], env=offscreen)
    table.take([bench / "bench_search", args.records])
    table.take([bench / "bench_stall"], env=offscreen)
    print(f"\n{len(TARGETS)} targets, {len(table.missed)} missed" + "".join(f"\n  {row}" for row in table.missed))


if __name__ == "__main__":
    main()
