#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Becomes one group member of the named client: member.py --client C --work W [--native P] BOOTSTRAP GROUP TOPIC DELAY_MS.
With --prepare it only makes the client ready. Exit 77: the client cannot be had here."""
import argparse
import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import run_client  # noqa: E402


def command(args, cache):
    if args.client == "kafkajs":
        program, folder = run_client.prepare_node("demo_member.js")(cache, args)
        os.chdir(folder)
        return program
    if args.client == "java":
        return ["java", "-Xmx256m", "-Dorg.slf4j.simpleLogger.defaultLogLevel=off", "-cp",
                run_client.java_classes(cache), "DemoMember"]
    if args.client == "confluent-kafka":
        python, _ = run_client.prepare_python("confluent-kafka")(cache, args)
        return [python, str(run_client.HERE / "python" / "confluent_demo_member.py")]
    return [args.native]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--client", required=True, choices=["kafkajs", "librdkafka", "java", "confluent-kafka"])
    parser.add_argument("--work", required=True, type=pathlib.Path)
    parser.add_argument("--native")
    parser.add_argument("--prepare", action="store_true")
    parser.add_argument("member", nargs="*", help="BOOTSTRAP GROUP TOPIC DELAY_MS")
    args = parser.parse_args()
    cache = args.work / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    try:
        program = command(args, cache)
    except run_client.Skip as why:
        print(f"SKIP {why}", flush=True)
        return run_client.SKIPPED
    if args.prepare:
        return 0
    os.execvp(program[0], [*program, *args.member])


if __name__ == "__main__":
    sys.exit(main())
