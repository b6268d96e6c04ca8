#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs java/AccessMatrix against a broker with access rules: every API without rights and with exactly those it needs.

With --bootstrap it runs against a broker that is there already, such as Apache Kafka with its StandardAuthorizer: the
rows are the same, so passing on both says that both decide alike. Exit 77 means skipped."""
import argparse
import pathlib
import shutil
import sys

import run_client

SETTINGS = """listeners=SASL_PLAINTEXT://127.0.0.1:0
sasl.enabled.mechanisms=PLAIN
plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required user_admin="pw" user_alice="pw";
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:admin
delegation.token.secret.key=of-the-access-matrix
"""


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--work", required=True, type=pathlib.Path)
    parser.add_argument("--broker", help="path of weir-broker")
    parser.add_argument("--bootstrap", help="an address that serves already, instead of --broker")
    args = parser.parse_args()
    cache = args.work / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    try:
        command = run_client.prepare_java("AccessMatrix")(cache, args)
    except run_client.Skip as why:
        print(f"SKIP access: {why}")
        return run_client.SKIPPED
    results = {}
    if args.bootstrap:
        run_client.run_phase(command, None, "main", args.bootstrap, results)
    else:
        home = args.work / "access"
        shutil.rmtree(home, ignore_errors=True)
        data = home / "data"
        data.mkdir(parents=True)
        config = home / "access.properties"
        config.write_text(SETTINGS)
        broker = run_client.Broker(args.broker, data)
        broker.start("group.initial.rebalance.delay.ms=0", config=config)
        try:
            run_client.run_phase(command, None, "main", broker.bootstrap, results)
        finally:
            broker.stop()
    failed = [name for name, r in results.items() if r["verdict"] == "FAIL"]
    print(f"access: {len(results) - len(failed)} of {len(results)}")
    return 1 if failed or not results else 0


if __name__ == "__main__":
    sys.exit(main())
