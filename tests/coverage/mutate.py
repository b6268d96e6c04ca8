#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes one small mistake after the other in the codec, the log and the groups, and counts how many their tests find.

    mutate.py --build build-dev --count 20 [--modules storage] [--seed 1]

The mistakes are made in the working tree, one at a time, and taken back: run it in a clone of its own. Which ones
depends on the seed alone. A mistake that does not compile is another's turn. Those that no test found are named, to be
read: some change nothing that can be seen.
"""
import argparse
import os
import pathlib
import random
import re
import sys

from modules import MODULES, ROOT, compile_targets, run_tests, targets

# A pattern in a line of code, and what it becomes.
MISTAKES = [(r" < ", " <= "), (r" <= ", " < "), (r" > ", " >= "), (r" >= ", " > "), (r" == ", " != "),
            (r" != ", " == "), (r" && ", " || "), (r" \|\| ", " && "), (r" \+ ", " - "), (r" - ", " + "),
            (r"return true;", "return false;"), (r"return false;", "return true;"), (r"\+\+(\w)", r"--\1"),
            (r" \+= ", " -= "), (r"\b0\b", "1"), (r"\b1\b", "2"), (r"if \(!", "if ("), (r"^(\s+)(\w[\w.>-]*\(.*\));$", r"\1;"),
            (r"std::min\(", "std::max("), (r"std::max\(", "std::min("), (r"\bbreak;", ";"), (r"\bcontinue;", ";")]
SKIPPED = re.compile(r"^\s*(//|#|\*)|WEIR_ASSERT|static_assert|template|operator|#include|constexpr|^namespace|log(ger)?\.")
PATIENCE = 120


def places(module):
    """Every (file, line, mistake) of a module's sources."""
    for path in sorted((ROOT / "broker" / module).rglob("*.cpp")):
        for number, line in enumerate(path.read_text().splitlines()):
            if SKIPPED.search(line):
                continue
            for mistake, (pattern, _) in enumerate(MISTAKES):
                if re.search(pattern, line):
                    yield path, number, mistake


def mutated(text, number, mistake):
    lines = text.split("\n")
    pattern, put = MISTAKES[mistake]
    lines[number] = re.sub(pattern, put, lines[number], count=1)
    return "\n".join(lines), lines[number].strip()


def survives(args, names, path, number, mistake):
    """None when it does not compile; otherwise whether every test still passes, and what the line had become."""
    before = path.read_text()
    after, line = mutated(before, number, mistake)
    try:
        path.write_text(after)
        if compile_targets(args.build, names, args.jobs).returncode != 0:
            return None, line
        return run_tests(args.build, names, PATIENCE) is None, line
    finally:
        path.write_text(before)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True, type=pathlib.Path)
    parser.add_argument("--modules", default=",".join(MODULES))
    parser.add_argument("--count", type=int, default=20, help="of each module")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    args = parser.parse_args()
    for module in args.modules.split(","):
        names = targets(module)
        if compile_targets(args.build, names, args.jobs).returncode != 0 or run_tests(args.build, names):
            sys.exit(f"{module}: the tests do not pass without a mistake")
        candidates = list(places(module))
        random.Random(args.seed).shuffle(candidates)
        killed = made = 0
        for path, number, mistake in candidates:
            if made == args.count:
                break
            lives, line = survives(args, names, path, number, mistake)
            if lives is None:
                continue
            made += 1
            killed += not lives
            if lives:
                print(f"    not found: {path.relative_to(ROOT)}:{number + 1}: {line}", flush=True)
        print(f"{module:<12}{killed} of {made} mistakes found ({100 * killed / max(made, 1):.0f} %), seed {args.seed}",
              flush=True)
        compile_targets(args.build, names, args.jobs)


if __name__ == "__main__":
    main()
