#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Publish sends for a subject's schema, read by Confluent's deserializers. Exit 77 means skipped."""
import argparse
import os
import pathlib
import shutil
import subprocess
import sys

import run_client


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--work", required=True, type=pathlib.Path)
    parser.add_argument("--publisher", required=True, help="path of the native program that publishes")
    args = parser.parse_args()
    cache = args.work / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    try:
        python = run_client.prepare_python("confluent-schemas")(cache, args)[0]
    except run_client.Skip as why:
        print(f"SKIP published: {why}")
        return run_client.SKIPPED
    folder = args.work / "published"
    shutil.rmtree(folder, ignore_errors=True)
    publisher = subprocess.Popen([args.publisher, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        bootstrap = publisher.stdout.readline().strip()
        os.environ["WEIR_SCHEMA_REGISTRY"] = publisher.stdout.readline().strip()
        if not bootstrap:
            print("FAIL published: the program that publishes ended")
            return 1
        results = {}
        program = str(run_client.HERE / "python" / "published_scenarios.py")
        run_client.run_phase([python, program], None, "main", bootstrap, results)
    finally:
        publisher.stdin.close()
        publisher.wait(timeout=10)
    return 1 if not results or any(r["verdict"] != "PASS" for r in results.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
