# SPDX-License-Identifier: GPL-3.0-or-later
"""What is held to the highest standard: the codec, the log with its recovery, and the groups; where each lies and which
tests are its own."""
import json
import os
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
MODULES = {"protocol": "tests/broker/protocol", "records": "tests/broker/records", "storage": "tests/broker/storage",
           "groups": "tests/broker/groups"}
PATIENCE = 1800


def targets(module):
    """The test programs of a module: one for each tst_*.cpp in its folder."""
    return sorted(path.stem for path in (ROOT / MODULES[module]).glob("tst_*.cpp"))


def compile_targets(build, names, jobs):
    return subprocess.run(["cmake", "--build", str(build), "-j", str(jobs), "--target", *names], capture_output=True,
                          text=True)


def run_tests(build, names, patience=PATIENCE):
    """The first test that fails, ends badly or is not done in time; None when all pass."""
    told = subprocess.run(["ctest", "--test-dir", str(build), "--show-only=json-v1"], check=True, capture_output=True,
                          text=True).stdout
    known = {test["name"]: test for test in json.loads(told)["tests"] if "command" in test}
    for name in names:
        test = known[name]
        # A build that counts is slow, and Qt Test gives a function five minutes.
        environment = dict(os.environ, QTEST_FUNCTION_TIMEOUT=str(PATIENCE * 1000))
        for prop in test.get("properties", []):
            if prop["name"] == "ENVIRONMENT":
                environment.update(entry.split("=", 1) for entry in prop["value"])
        try:
            done = subprocess.run(test["command"], env=environment, capture_output=True, timeout=patience)
        except subprocess.TimeoutExpired:
            return name
        if done.returncode != 0:
            return name
    return None
