#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fault table: one row for each failure of the catalogue in tests/README.md, with the figure its tests print.

    run_table.py --build build-release [--full] [--only T31,T06] [--list]

Runs the tests that stand beside each row, one after the other, and says passed, failed or skipped, and for what reason.
The short forms are those of CI; --full runs the long forms, which take hours. Ends with 1 when a row has failed.
"""
import argparse
import json
import os
import re
import subprocess
import sys
import time

# Row, failure, tests: a test of ctest, then the functions of it that are the row's (none: all of it), and what makes it
# the long form: settings of the environment, or words that replace those of its command line.
ROWS = [
    ("T01", "kill under load", [("kill_test", [], {"--rounds": "500", "--faults": "all"})]),
    ("T02", "kill at a system call", [("tst_traced_broker", ["killedAtAnySystemCallItKeepsItsPromises"],
                                       {"WEIR_SITES": "all"}),
                                      ("tst_transaction_crashes", [], {}), ("tst_compaction_model", [], {})]),
    ("T03", "power cut", [("tst_topics_on_disk", [], {}), ("tst_log_directory", [], {})]),
    ("T04", "acknowledged before synced",
     [("tst_partition_faults", ["durableBatchIsReadableAndAcknowledgedOnlyAfterTheSync"], {})]),
    ("T05", "torn tail", [("tst_recovery", [], {})]),
    ("T06", "bit rot", [("tst_damage", [], {"WEIR_DAMAGE": "full"}), ("tst_catalog_files", [], {}),
                         ("tst_groups_ruined", [], {})]),
    ("T07", "indexes destroyed", [("tst_indexes", [], {}), ("tst_log_directory", [], {})]),
    ("T08", "full disk", [("tst_partition_faults", ["fullDiskIsRetriableAndHealsWithoutARestart"], {}),
                          ("tst_topic_registry", ["aDiskThatIsNearlyFullTakesBackWhatCouldBeBroughtBack"], {})]),
    ("T09", "failing sync", [("tst_partition_faults", ["failedSyncAcknowledgesNothingAndStaysFailed"], {}),
                             ("tst_start_faults", [], {}), ("tst_log_faults", [], {"WEIR_FAULTS": "full"})]),
    ("T10", "short writes, EINTR", [("tst_io", ["shortAndInterruptedCallsLoseNoByte"], {})]),
    ("T11", "no memory", [("tst_allocations", [], {})]),
    ("T12", "clock jumps", [("tst_clock_jumps", [], {})]),
    ("T13", "second instance", [("tst_log_directory", ["secondBrokerIsRefusedAndChangesNothing"], {})]),
    ("T14", "restart storm", [("tst_broker_process", ["restartsChangeNothing"], {"WEIR_RESTARTS": "1000"})]),
    ("T15", "golden folders", [("tst_broker_process", ["foldersOfEveryFormatAreReadToTheByte",
                                                        "aFolderOfANewerFormatIsRefusedUntouched"], {})]),
    ("T16", "no file handles left", [("tst_broker_process", ["withoutFileHandlesThoseWhoAreInAreServed"], {})]),
    ("T17", "lost, doubled, reordered", [("nemesis", [], {"--faults": "60", "--runs": "100", "--overlap": "yes"})]),
    ("T18", "torn transactions", [("exactly_once_test", [], {"--rounds": "100"}),
                                  ("nemesis", [], {"--faults": "60", "--runs": "100", "--overlap": "yes"})]),
    ("T19", "idempotence", [("tst_idempotence", [], {"WEIR_BATCHES": "100000"}), ("tst_producer_state", [], {})]),
    ("T20", "group churn", [("tst_groups_churn", [], {"WEIR_CHURN": "1000"})]),
    ("T21", "compaction", [("tst_compaction_model", [], {}), ("tst_compaction_limits", [], {})]),
    ("T22", "retention", [("tst_log", ["retentionFollowsTheModel"], {}), ("tst_log_times", [], {})]),
    ("T23", "simulation", [("tst_simulation", [], {"WEIR_SIMULATION_SEEDS": "10000"})]),
    ("T24", "replay fidelity", [("tst_copy", [], {"WEIR_COPY_RECORDS": "10000000", "WEIR_COPY": "full"}),
                                ("tst_bridge", ["aReplayGoesOnAfterWeirEndedInTheMiddle"], {})]),
    ("T25", "client matrix", [("clients_kcat", [], {}), ("clients_table", [], {})]),
    ("T26", "fuzzing", [("tst_fuzz_corpus", [], {})]),
    ("T27", "false lengths", [("tst_protocol_lengths", [], {})]),
    ("T28", "alien bytes", [("tst_net", [], {})]),
    ("T29", "every truncation", [("tst_net", ["everyTruncatedPrefixIsClosedWithoutALeak"], {})]),
    ("T30", "slow-loris", [("tst_hostile", ["strangersThatTakeTheirTimeAreGoneAtTheirDeadline"],
                            {"WEIR_HOSTILE": "full"})]),
    ("T31", "many connections", [("tst_many_connections", [], {"WEIR_CONNECTIONS": "full"})]),
    ("T32", "decompression bombs", [("tst_compression", [], {}), ("tst_batch_validator", [], {})]),
    ("T33", "bad batches", [("tst_batch_validator", [], {})]),
    ("T34", "flood", [("tst_hostile", ["aThousandOfThemCostAGoodClientLessThanATenth"], {"WEIR_HOSTILE": "full"})]),
    ("T35", "bound to the loopback", [("tst_broker_process", ["byDefaultOnlyTheLoopbackIsBound",
                                                              "beingReachedFromOutsideTakesALogin"], {})]),
    ("T36", "hostile names", [("tst_admin_api", [], {})]),
    ("T37", "SCRAM", [("tst_logins", [], {})]),
    ("T38", "TLS", [("clients_security_kcat", [], {})]),
    ("T39", "access rules", [("clients_access", [], {})]),
    ("T40", "before the login", [("tst_login", [], {})]),
    ("T41", "secrets", [(f"clients_security_{client}", [], {}) for client in ("kcat", "confluent-kafka", "java")]),
    ("T42", "contents in the log", [("tst_broker_process", ["theLogTellsNoContents"], {})]),
    ("T43", "least privilege", [("tst_traced_broker", ["withoutAnyRightItWorksAndKeepsToItsFolder"], {})]),
    ("T44", "hostile payloads in the viewer", [("tst_window_guard", ["hostilePayloadsAreOnlyText"], {})]),
    ("T45", "a billion rows", [("tst_scan", ["aBillionRowsCostFewLookups"], {}), ("tst_record_view", [], {})]),
    ("T46", "search tells the truth", [("tst_search_truth", [], {"WEIR_SEARCH_RECORDS": "10000000"})]),
    ("T47", "the window never freezes", [("tst_window_guard", [], {}), ("tst_application", [], {})]),
    ("T48", "soak", [("soak_test", [], {"--minutes": "60"})]),
    ("T49", "sanitizers", [("memcheck", [], {})]),
    ("T51", "performance", [("counts", [], {})]),
]
# Rows that are no test of a build, and the command that shows each.
ELSEWHERE = {"T49": ("sanitizers", "ctest --preset asan, ctest --preset tsan"),
             "T50": ("coverage, mutation", "tests/coverage/measure.py, tests/coverage/mutate.py")}
# A long form lasts longer than Qt Test lets a function last.
NO_LIMIT = {"QTEST_FUNCTION_TIMEOUT": str(24 * 3600 * 1000)}
OVERHEAD = {"initTestCase", "cleanupTestCase"}


def tests_of(build):
    told = subprocess.run(["ctest", "--test-dir", build, "--show-only=json-v1"], check=True, capture_output=True,
                          text=True).stdout
    found = {}
    for test in json.loads(told)["tests"]:
        environment = {}
        for prop in test.get("properties", []):
            if prop["name"] == "ENVIRONMENT":
                environment = dict(each.split("=", 1) for each in prop["value"])
        found[test["name"]] = (test.get("command", []), environment)
    return found


def run(command, functions, environment, long_form):
    command = list(command)
    environment = {**os.environ, **environment}
    for name, value in long_form.items():
        if not name.startswith("--"):
            environment[name] = value
        elif name in command:
            command[command.index(name) + 1] = value
        else:
            command += [name, value]
    done = subprocess.run(command + functions, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, errors="replace")
    return done.returncode, done.stdout


def judge(code, said):
    """passed, failed or skipped, and the lines that tell why or how much."""
    lines = said.splitlines()
    skips = [line for line in lines if line.startswith("SKIP")]
    passes = [line for line in lines if line.startswith("PASS")
              and line.split("::")[-1].split("(")[0] not in OVERHEAD]
    if code == 77:
        return "skipped", lines[-1:]
    if code != 0:
        return "failed", [line for line in lines if line.startswith(("FAIL", "XPASS")) or "Loc:" in line][:6] or lines[-6:]
    figures = [line.split(") ", 1)[-1] for line in lines if line.startswith("QINFO")]
    if not passes and not skips:
        figures = [line for line in lines if re.search(r"\d", line)]
    reasons = [line.split(") ", 1)[-1] for line in skips]
    if skips and not passes:
        return "skipped", reasons
    figures = figures[-6:] or [f"{len(passes)} checks"]
    return "passed", figures + [f"left out: {reason}" for reason in reasons]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", required=True, help="a build folder with its tests built")
    parser.add_argument("--full", action="store_true", help="the long forms")
    parser.add_argument("--only", default="", help="rows, by commas")
    parser.add_argument("--list", action="store_true", help="the rows and their tests")
    arguments = parser.parse_args()
    wanted = set(filter(None, arguments.only.split(",")))
    tests = tests_of(arguments.build)
    worst = 0
    for row, failure, parts in ROWS:
        if wanted and row not in wanted:
            continue
        for name, functions, long_form in parts:
            title = f"{row}  {failure:<26}  {name}"
            if arguments.list:
                print(f"{title} {' '.join(functions)}")
                continue
            if name not in tests or not tests[name][0]:
                print(f"{title}: skipped: not in this build", flush=True)
                continue
            began = time.monotonic()
            command, environment = tests[name]
            code, said = run(command, functions, environment, {**NO_LIMIT, **long_form} if arguments.full else {})
            state, told = judge(code, said)
            worst = max(worst, int(state == "failed"))
            print(f"{title}: {state} in {time.monotonic() - began:.1f} s", flush=True)
            for line in told:
                print(f"       {line.strip()}", flush=True)
    for row, (failure, command) in ELSEWHERE.items():
        if not wanted or row in wanted:
            print(f"{row}  {failure:<26}  not of this build: {command}", flush=True)
    return worst


if __name__ == "__main__":
    sys.exit(main())
