#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests of the engine under Valgrind's memcheck. See README.md.

    check_memory.py PROGRAM...

Ends with 1 when a test fails or memcheck says anything, with 77 where Valgrind is not installed.
"""
import os
import pathlib
import shutil
import subprocess
import sys
import time


def main():
    valgrind = shutil.which("valgrind")
    if not valgrind:
        print("valgrind is not installed")
        return 77
    worst = 0
    for program in sys.argv[1:]:
        begun = time.monotonic()
        done = subprocess.run([valgrind, "--quiet", "--error-exitcode=99", program],
                              env={**os.environ, "QT_QPA_PLATFORM": "offscreen"}, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, errors="replace")
        name = pathlib.Path(program).name
        if done.returncode:
            print(done.stdout[-6000:])
            print(f"{name}: ended with {done.returncode}")
            worst = 1
        else:
            print(f"{name}: nothing found in {time.monotonic() - begun:.1f} s")
    return worst


if __name__ == "__main__":
    sys.exit(main())
