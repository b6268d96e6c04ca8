#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Prints client by scenario from the results that run_client.py left in a folder."""
import json
import pathlib
import sys


def main():
    results = {p.stem: json.loads(p.read_text()) for p in sorted(pathlib.Path(sys.argv[1]).glob("*.json"))}
    if not results:
        print("no client has run")
        return 1
    scenarios = sorted({s for r in results.values() if "skipped" not in r for s in r})
    width = max([len(s) for s in scenarios] + [8])
    print(" " * width, *[f"{c:>16}" for c in results])
    for scenario in scenarios:
        cells = ["skip" if "skipped" in r else r.get(scenario, {"verdict": "-"})["verdict"] for r in results.values()]
        print(f"{scenario:<{width}}", *[f"{cell:>16}" for cell in cells])
    for client, result in results.items():
        if "skipped" in result:
            print(f"{client} skipped: {result['skipped']}")
        for scenario, cell in result.items():
            if scenario != "skipped" and cell["verdict"] != "PASS":
                print(f"{client} {scenario}: {cell['verdict']} {cell['reason']}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
