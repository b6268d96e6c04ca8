#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Prints client by scenario from the results that run_client.py and run_matrix.py left in a folder. First the matrix of
matrix.txt, in which a cell has a result or a reason; then what else each client's program showed."""
import json
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
CLIENTS = ("java", "librdkafka", "kcat", "confluent-kafka", "kafka-python", "aiokafka", "kafkajs", "platformatic",
           "franz-go", "sarama", "kafka-go", "rust-rdkafka")


def declared():
    """The scenarios, and the reasons of empty cells by (client, scenario)."""
    scenarios, reasons = [], {}
    for line in (HERE / "matrix.txt").read_text().splitlines():
        first, _, rest = line.partition(" ")
        if first == "scenarios":
            scenarios += rest.split()
        elif line and not line.startswith("#"):
            names, _, reason = rest.partition(": ")
            reasons.update({(first, name): reason for name in names.split(",")})
    return scenarios, reasons


def print_table(rows, columns, cell):
    width = max(len(row) for row in rows)
    print(" " * width, *[f"{c:>15}" for c in columns])
    for row in rows:
        print(f"{row:<{width}}", *[f"{cell(c, row):>15}" for c in columns])


def matrix(results):
    scenarios, reasons = declared()
    wrong, notes = [], {}
    clients = [c for c in CLIENTS if f"matrix-{c}" in results]

    def cell(client, scenario):
        own, main = results[f"matrix-{client}"], results.get(client, {})
        if "skipped" in own:
            notes.setdefault(f"{client}: {own['skipped']}", [])
            return "skip"
        found = own.get(scenario) or main.get(scenario)
        if found is None and (client, scenario) in reasons:
            notes.setdefault(f"{client}: {reasons[client, scenario]}", []).append(scenario)
            return "none"
        if found is None and client not in results and scenario.startswith(("codec", "order", "group", "commit")):
            return "not run"
        if found is None:
            wrong.append(f"{client} {scenario}: no result and no reason")
            return "?"
        if found["verdict"] == "FAIL":
            wrong.append(f"{client} {scenario}: {found['reason']}")
        elif found["verdict"] == "SKIP":
            notes.setdefault(f"{client}: {found['reason']}", []).append(scenario)
        return found["verdict"]
    if clients:
        print_table(scenarios, clients, cell)
        for note, names in notes.items():
            print(f"  {note}" + (f" ({', '.join(names)})" if names else ""))
    return scenarios, wrong


def main():
    results = {p.stem: json.loads(p.read_text()) for p in sorted(pathlib.Path(sys.argv[1]).glob("*.json"))}
    if not results:
        print("no client has run")
        return 1
    scenarios, wrong = matrix(results)
    print()
    rest = {c: r for c, r in results.items() if not c.startswith("matrix-")}
    others = sorted({s for r in rest.values() if "skipped" not in r for s in r} - set(scenarios))
    for client, result in rest.items():
        if "skipped" in result:
            print(f"{client} skipped: {result['skipped']}")
    for scenario in others:
        print(f"{scenario:<24}", ", ".join(f"{c} {r[scenario]['verdict']}" for c, r in rest.items() if scenario in r))
    for each in wrong:
        print("FAIL", each)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
