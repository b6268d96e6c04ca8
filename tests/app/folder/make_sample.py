#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes kafka-logs.tar.gz: a log directory that Apache Kafka wrote and stopped cleanly, and what it served from it.

tst_log_folder reads it. Run by hand when the sample is to change: make_sample.py WORK_FOLDER
"""
import pathlib
import shutil
import signal
import subprocess
import sys
import tarfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent.parent / "clients"))
import run_client  # noqa: E402
import run_tools  # noqa: E402


def plain(entry):
    entry.uid = entry.gid = entry.mtime = 0
    entry.uname = entry.gname = ""
    return entry


def main():
    work = pathlib.Path(sys.argv[1]).resolve()
    cache = work / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    classes = run_client.java_classes(cache)
    kafka = run_tools.Kafka(classes, work / "kafka")
    try:
        bootstrap = kafka.start()
        expected = work / "expected.txt"
        subprocess.run(["java", "-Dorg.slf4j.simpleLogger.defaultLogLevel=error", "-cp", classes,
                        str(HERE / "LogSample.java"), bootstrap, str(expected)], check=True)
        kafka.process.send_signal(signal.SIGTERM)
        kafka.process.wait(60)
    finally:
        kafka.stop()
    data = work / "kafka/data"
    for unneeded in data.glob("__share_group_state-*"):
        shutil.rmtree(unneeded)
    with tarfile.open(HERE / "kafka-logs.tar.gz", "w:gz", compresslevel=9) as archive:
        archive.add(data, "data", filter=plain)
        archive.add(expected, "expected.txt", filter=plain)


if __name__ == "__main__":
    main()
