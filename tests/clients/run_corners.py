#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests that no client makes by accident, each compared with what Apache Kafka 4.2.1 answered to it: tools/corners.txt
has them by twos, the request and its answer (Corners.java). Exit 77 means skipped.

    run_corners.py --work DIR --broker weir-broker          compares
    run_corners.py --work DIR --bootstrap HOST:PORT --record  writes the answers of an Apache Kafka down anew"""
import argparse
import pathlib
import shutil
import subprocess
import sys

import run_client

FILE = run_client.HERE / "tools" / "corners.txt"


def ask(classpath, bootstrap, requests):
    done = subprocess.run(["java", "-Xmx256m", "-Dorg.slf4j.simpleLogger.defaultLogLevel=off", "-cp", classpath, "Corners",
                           bootstrap, str(requests)], stdout=subprocess.PIPE, text=True, timeout=240, check=True)
    return done.stdout.splitlines()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--work", required=True, type=pathlib.Path)
    parser.add_argument("--broker", help="path of weir-broker")
    parser.add_argument("--bootstrap", help="an address that serves already, instead of --broker")
    parser.add_argument("--record", action="store_true", help="the answers are Apache Kafka's: keep them")
    args = parser.parse_args()
    args.work = args.work.resolve()
    cache = args.work / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    try:
        classpath = run_client.java_classes(cache)
    except run_client.Skip as why:
        print(f"SKIP corners: {why}")
        return run_client.SKIPPED
    lines = FILE.read_text().splitlines()
    requests = args.work / "corners-requests.txt"
    requests.write_text("\n".join(line for line in lines if not line.startswith("  ")) + "\n")
    if args.bootstrap:
        got = ask(classpath, args.bootstrap, requests)
    else:
        home = args.work / "corners"
        shutil.rmtree(home, ignore_errors=True)
        data = home / "data"
        data.mkdir(parents=True)
        broker = run_client.Broker(args.broker, data)
        broker.start()
        try:
            got = ask(classpath, broker.bootstrap, requests)
        finally:
            broker.stop()
    if args.record:
        comments = [line for line in lines if line.startswith("#")]
        FILE.write_text("\n".join([*comments, *got]) + "\n")
        return 0
    wanted = [line for line in lines if not line.startswith("#")]
    wrong = 0
    for i in range(0, len(wanted), 2):
        answer = got[i + 1] if i + 1 < len(got) else "  nothing"
        if answer != wanted[i + 1]:
            wrong += 1
            print(f"FAIL {wanted[i]}\n  Kafka{wanted[i + 1]}\n  here {answer}")
    print(f"corners: {len(wanted) // 2 - wrong} of {len(wanted) // 2} are Apache Kafka's")
    return 1 if wrong or not wanted else 0


if __name__ == "__main__":
    sys.exit(main())
