#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lets Apache Kafka's DumpLogSegments read every segment and index below a folder, deep iteration. Exit 77: skipped."""
import pathlib
import re
import subprocess
import sys

from run_client import SKIPPED, Skip, java_classes

BAD = re.compile(r"Found \d+|mismatch|isvalid: false|Exception|corrupt|Non-consecutive|out of order|missing", re.I)


def dump(classpath, extra, files):
    """Of those that are still there when it is done: another test may have deleted a topic meanwhile."""
    while True:
        done = subprocess.run(["java", "-Xmx512m", "-Dorg.slf4j.simpleLogger.defaultLogLevel=off", "-cp", classpath,
                               "kafka.tools.DumpLogSegments", *extra, "--files", ",".join(files)],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
        left = [name for name in files if pathlib.Path(name).exists()]
        if left == files or not left:
            return done
        files = left


def main():
    work = pathlib.Path(sys.argv[1])
    try:
        classpath = java_classes(work / "cache")
    except Skip as why:
        print(f"SKIP dump: {why}")
        return SKIPPED
    logs = sorted(p for p in work.glob("*/data/**/*.log") if re.fullmatch(r"\d{20}\.log", p.name))
    if not logs:
        print("SKIP dump: no client test has left a segment")
        return SKIPPED
    # In a compacted partition offsets are missing where records were replaced.
    compacted = {f"{line.rsplit(' ', 2)[0]}-{line.rsplit(' ', 2)[1]}"
                 for file in work.glob("*/data/cleaner-offset-checkpoint")
                 for line in file.read_text().splitlines()[2:]}
    stray = [str(p) for p in work.glob("*/data/**/*.txnindex") if not p.with_suffix(".log").exists()]
    failures = len(stray)
    for path in stray:
        print(f"{path}: no segment of that name")
    records = 0
    for suffix, extra in ((".log", ["--deep-iteration"]), (".index", ["--index-sanity-check"]), (".index", []),
                          (".timeindex", []), (".txnindex", [])):
        files = [str(p.with_suffix(suffix)) for p in logs if p.with_suffix(suffix).exists()]
        for start in range(0, len(files), 200):
            done = dump(classpath, extra, files[start:start + 200])
            bad = [line for line in done.stdout.splitlines()
                   if BAD.search(line) and not (line.startswith("Non-consecutive") and
                                                pathlib.Path(line.rsplit(" ", 1)[1]).parent.name in compacted)]
            records += done.stdout.count("| offset:")
            if done.returncode != 0 or bad:
                failures += 1
                print(f"{suffix} {extra}: exit {done.returncode}", *bad[:20], sep="\n")
    print(f"{len(logs)} segments, {records} records read by DumpLogSegments, {failures} failures")
    return 1 if failures or records == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
