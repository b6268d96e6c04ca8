#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines and branches of the codec, the log and the groups that their own tests go through. See README.md.

    measure.py --build build-coverage [--modules storage,groups] [--show 20]

The folder is one of `cmake --preset coverage`. Branches that only an exception takes are not counted: the engine throws
none of its own; nor those of assertions.
"""
import argparse
import collections
import functools
import json
import os
import pathlib
import subprocess
import sys

from modules import MODULES, ROOT, compile_targets, run_tests, targets

# In percent of branches; what the tests of one module reach of its own folder. Raised as tests come.
LEAST = {"protocol": 100.0, "records": 99.5, "storage": 95.0, "groups": 99.5}


def forget(build):
    for path in build.rglob("*.gcda"):
        path.unlink()


@functools.cache
def without_decisions(name):
    """Lines whose branches nobody wrote: defaulted functions, the ends of blocks, where the compiler destroys what lived
    there, handlers, and values that a function makes once, whoever comes first; and assertions, whose other side ends
    the process."""
    return {number for number, line in enumerate((ROOT / name).read_text().splitlines(), 1)
            if "= default;" in line or "WEIR_ASSERT(" in line or not line.strip("{}[](); ")
            or line.lstrip().startswith(("} catch (", "static const "))}


def decisions(branches):
    """A call that may throw is a branch that is always taken and one that an exception takes: no decision of ours."""
    kept = []
    for branch in branches:
        if not branch["throw"]:
            kept.append(branch)
        elif kept and kept[-1]["fallthrough"]:
            kept.pop()
    return [branch["count"] for branch in kept]


def read(build):
    """By file and line: how often the line ran, and of each of its branches how often it was taken."""
    lines = collections.defaultdict(lambda: collections.defaultdict(int))
    branches = collections.defaultdict(lambda: collections.defaultdict(list))
    for data in build.rglob("*.gcda"):
        told = subprocess.run(["gcov", "--json-format", "--stdout", "--branch-probabilities", data.name],
                              cwd=data.parent, capture_output=True, text=True)
        for text in told.stdout.splitlines():
            if not text.startswith("{"):
                continue
            whole = json.loads(text)
            for file in whole["files"]:
                path = pathlib.Path(os.path.normpath(os.path.join(whole["current_working_directory"], file["file"])))
                if not path.is_relative_to(ROOT / "broker"):
                    continue
                name = str(path.relative_to(ROOT))
                without = without_decisions(name)
                for line in file["lines"]:
                    lines[name][line["line_number"]] += line["count"]
                    if line["line_number"] in without:
                        continue
                    taken = decisions(line["branches"])
                    # A template or an inline function is counted in every object that has it: the same line, in the
                    # same order of branches, is one.
                    known = branches[name][line["line_number"]]
                    for i, count in enumerate(taken):
                        if i < len(known):
                            known[i] += count
                        else:
                            known.append(count)
    return lines, branches


def share(hit, all_):
    return 100.0 * hit / all_ if all_ else 100.0


def report(module, lines, branches, show):
    folder = f"broker/{module}/"
    line_hits = line_count = branch_hits = branch_count = 0
    missed = []
    for name in sorted(lines):
        if not name.startswith(folder):
            continue
        counts = lines[name].values()
        taken = [count for line in branches[name].values() for count in line]
        line_hits += sum(1 for count in counts if count)
        line_count += len(counts)
        branch_hits += sum(1 for count in taken if count)
        branch_count += len(taken)
        missed.append((sum(1 for count in taken if not count), name))
    reached = share(branch_hits, branch_count)
    print(f"{module:<12}{share(line_hits, line_count):>8.1f} % of {line_count:,} lines"
          f"{reached:>8.1f} % of {branch_count:,} branches", flush=True)
    for count, name in sorted(missed, reverse=True)[:show]:
        print(f"    {count:>5} branches not taken in {name}")
    return reached


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True, type=pathlib.Path)
    parser.add_argument("--modules", default=",".join(MODULES))
    parser.add_argument("--show", type=int, default=0, help="name so many files with the most branches missed")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    args = parser.parse_args()
    low = []
    for module in args.modules.split(","):
        names = targets(module)
        built = compile_targets(args.build, names, args.jobs)
        if built.returncode != 0:
            sys.exit(built.stdout[-2000:])
        forget(args.build)
        failed = run_tests(args.build, names)
        if failed:
            sys.exit(f"{failed} fails")
        if report(module, *read(args.build), args.show) < LEAST[module]:
            low.append(module)
    if low:
        sys.exit(f"below what was reached before: {', '.join(low)}")


if __name__ == "__main__":
    main()
