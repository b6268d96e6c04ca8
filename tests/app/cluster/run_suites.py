#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the suites of this folder over every cluster and says in one table what works on which.

    run_suites.py --build build-release                            the broker inside, and Weir over the wire
    WEIR_TEST_KAFKA=start run_suites.py --build build-release      Apache Kafka too, started from its published jars

Each over plaintext, TLS with client certificates, and SCRAM. --kafka-classpath 'DIR/*' takes jars that are there
already, --only kafka or --only weir a part, --write puts the table into app/cluster/remote/README.md. Exit 1: something
failed; 77: there is nothing to run over.
"""
import argparse
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path += [str(ROOT / "tests/clients"), str(ROOT / "tests/bench/measure")]
import run_client  # noqa: E402
import security_setup  # noqa: E402
import servers  # noqa: E402

README = ROOT / "app/cluster/remote/README.md"
BEGIN, END = "<!-- run_suites.py -->", "<!-- end -->"
SUITES = ["tst_suite_cluster", "tst_suite_records", "tst_suite_operations", "tst_suite_window"]
# What a person can do, and the tests that show it.
CAPABILITIES = [
    ("records as they were published, all codecs",
     ["tst_suite_cluster::recordsComeBackAsTheyWerePublished", "tst_suite_records::rowsReachedAtRandomAreThoseOfAWalk"]),
    ("search: every hit, none made up, stopped at once",
     ["tst_suite_records::plantedNeedlesAreAllFoundAndNothingElse", "tst_suite_records::aSearchStopsAtOnce",
      "tst_suite_records::scanOfEveryCodecFindsAllAndNothingElse", "tst_suite_records::deletedRecordsAreCountedAsLost"]),
    ("replay, equal to the byte", ["tst_suite_records::replayIsEqualToTheByte"]),
    ("topics and their settings", ["tst_suite_cluster::everythingOfATopicCanBeChanged"]),
    ("live view, rates, plots, feeds",
     ["tst_suite_records::theWholeBackendWorksOnARealBroker", "tst_suite_cluster::theWholeBackendWorks"]),
    ("groups: lag, reset, removal", ["tst_suite_cluster::aGroupIsSeenResetAndRemoved", "tst_suite_window::aGroupIsResetByHand"]),
    ("transactions: seen, ended",
     ["tst_suite_operations::anAbortedTransactionLetsReadersOnAndFencesItsProducer"]),
    ("users", ["tst_suite_operations::usersComeAndGo", "tst_suite_cluster::administratorsAreAnswered"]),
    ("access rules", ["tst_suite_operations::rulesNeedAnAuthorizer"]),
    ("quotas", ["tst_suite_operations::quotasAreSetAndTakenBack"]),
    ("settings of groups", ["tst_suite_operations::aGroupsSettingsAreItsOwn"]),
    ("log folders, metadata quorum, features",
     ["tst_suite_operations::theClusterSaysWhereItsLogsAre", "tst_suite_operations::theClusterSaysWhoKeepsItsMetadata",
      "tst_suite_operations::theClusterSaysWhatItHasAgreedOn", "tst_suite_window::howTheClusterStandsIsShown"]),
    ("what is not there says so",
     ["tst_suite_operations::whatIsNotThereIsSaid", "tst_suite_operations::compactionSaysHowFarItIs"]),
    ("records framed with a schema",
     ["tst_suite_records::recordsFramedWithASchemaAreRead", "tst_suite_records::theRegistryIsAskedThroughTheBackend"]),
    ("the window by hand: a topic from its making to its end",
     ["tst_suite_window::aTopicIsMadePublishedToReadGrownAndDeletedByHand"]),
    ("every page, its thread never calling the cluster", ["tst_suite_window::everyPageOpensAndKeepsUp"]),
]
SCRAM_USER, SCRAM_PASSWORD = "anne", "a-pass-word-1"


class KafkaWithDoors(servers.Kafka):
    """One node with a listener of each kind, and with an authorizer that lets all of them in as administrators."""

    def __init__(self, classpath, folder, authorizes):
        super().__init__(classpath, folder)
        self.java[1:3] = ["-Xmx512m", "-Xms256m"]
        self.authorizes = authorizes
        self.tls_port, self.scram_port = security_setup.free_ports(2)

    def prepare(self):
        security_setup.certificate(self.folder, "ca", "/CN=test-ca")
        security_setup.certificate(self.folder, "server", "/CN=localhost", "ca")
        security_setup.certificate(self.folder, "client", "/CN=client", "ca", security_setup.KEY_PASSWORD)
        for name in ("server", "client"):
            both = (self.folder / f"{name}.key").read_text() + (self.folder / f"{name}.crt").read_text()
            (self.folder / f"{name}.pem").write_text(both)
        self.write_config()
        done = subprocess.run(
            [*self.java, "kafka.tools.StorageTool", "format", "-t", "AAAAAAAAQACAAAAAAAAAAQ", "-c", str(self.config),
             "--add-scram", f'SCRAM-SHA-512=[name={SCRAM_USER},password={SCRAM_PASSWORD}]'],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=120)
        if done.returncode:
            raise RuntimeError(done.stdout)

    def write_config(self):
        super().write_config()
        listeners = f"PLAINTEXT://{self.bootstrap},SSL://127.0.0.1:{self.tls_port}," \
                    f"SASL_PLAINTEXT://127.0.0.1:{self.scram_port}"
        lines = [line for line in self.config.read_text().splitlines()
                 if not line.startswith(("listeners=", "advertised.listeners="))]
        lines += [f"listeners={listeners},CONTROLLER://127.0.0.1:{self.controller}", f"advertised.listeners={listeners}",
                  "listener.security.protocol.map=PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_PLAINTEXT:SASL_PLAINTEXT,"
                  "CONTROLLER:PLAINTEXT", "group.initial.rebalance.delay.ms=0",
                  "ssl.keystore.type=PEM", f"ssl.keystore.location={self.folder}/server.pem",
                  "ssl.truststore.type=PEM", f"ssl.truststore.location={self.folder}/ca.crt",
                  "ssl.client.auth=required", "sasl.enabled.mechanisms=SCRAM-SHA-512",
                  "listener.name.sasl_plaintext.scram-sha-512.sasl.jaas.config="
                  "org.apache.kafka.common.security.scram.ScramLoginModule required;"]
        if self.authorizes:
            lines += ["authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer",
                      f"super.users=User:ANONYMOUS;User:CN=client;User:{SCRAM_USER}"]
        self.config.write_text("\n".join(lines) + "\n")

    def clients(self):
        """door -> the file with a client's properties."""
        doors = {
            "plaintext": [f"bootstrap.servers={self.bootstrap}"],
            "TLS": [f"bootstrap.servers=127.0.0.1:{self.tls_port}", "security.protocol=SSL",
                    "ssl.truststore.type=PEM", f"ssl.truststore.location={self.folder}/ca.crt",
                    "ssl.keystore.type=PEM", f"ssl.keystore.location={self.folder}/client.pem",
                    f"ssl.key.password={security_setup.KEY_PASSWORD}"],
            "SCRAM": [f"bootstrap.servers=127.0.0.1:{self.scram_port}", "security.protocol=SASL_PLAINTEXT",
                      "sasl.mechanism=SCRAM-SHA-512",
                      "sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required "
                      f'username="{SCRAM_USER}" password="{SCRAM_PASSWORD}";'],
        }
        for door, lines in doors.items():
            (self.folder / f"{door}.properties").write_text("\n".join(lines) + "\n")
        return {door: self.folder / f"{door}.properties" for door in doors}


def find_program(build, name):
    path = build / "tests/app/cluster" / name
    if not path.exists():
        raise SystemExit(f"{name} is not built in {build}")
    return path


def run(build, suite, over, verbose, only=()):
    """function -> "yes", "FAILED", or the reason for which it was left out."""
    environment = {**os.environ, "WEIR_SUITE_OVER": str(over), "QT_QPA_PLATFORM": "offscreen", "TZ": "UTC"}
    done = subprocess.run([str(find_program(build, suite)), *only], env=environment, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, errors="replace", timeout=600)
    results = {}
    for match in re.finditer(r"^(PASS|FAIL!|SKIP|QFATAL)\s*: \w+::(\w+)\(.*?\)(.*)$", done.stdout, re.M):
        verdict, function, rest = match.groups()
        if function in ("initTestCase", "cleanupTestCase"):
            continue
        if verdict in ("FAIL!", "QFATAL"):
            results[function] = "FAILED"
        elif verdict == "SKIP" and results.get(function) != "FAILED":
            results[function] = rest.strip() or "left out"
        else:
            results.setdefault(function, "yes")
    if done.returncode or verbose:
        print(done.stdout)
    if done.returncode and "FAILED" not in results.values():
        results["the program"] = "FAILED"
    return {f"{suite}::{function}": verdict for function, verdict in results.items()}


def targets(args):
    """Yields (column, what WEIR_SUITE_OVER says, extra tests only)."""
    if args.only != "kafka":
        yield "inside Weir", "embedded", False
        for door, over in (("plaintext", "weir-plain"), ("TLS", "weir-tls"), ("SCRAM", "weir-scram")):
            yield f"Weir, {door}", over, False
    if args.only == "weir" or os.environ.get("WEIR_TEST_KAFKA") != "start":
        return
    try:
        run_client.need("java", "openssl")
        classpath = args.kafka_classpath or run_client.java_classes(args.build / "tests/clients/work")
    except run_client.Skip as why:
        print(why)
        return
    with tempfile.TemporaryDirectory(prefix="weir-suites-") as folder:
        for authorizes in (False, True):
            kafka = KafkaWithDoors(classpath, pathlib.Path(folder) / ("strict" if authorizes else "open"), authorizes)
            kafka.start()
            try:
                for door, client in kafka.clients().items():
                    yield f"Apache Kafka, {door}", client, authorizes
            finally:
                kafka.stop()


def table(found):
    columns = list(found)
    lines = ["| | " + " | ".join(columns) + " |", "|---" * (len(columns) + 1) + "|"]
    reasons = []
    for words, tests in CAPABILITIES:
        cells = []
        for column in columns:
            verdicts = [found[column][test] for test in tests if test in found[column]]
            if "FAILED" in verdicts or not verdicts:
                cells.append("FAILED" if verdicts else "not run")
            elif "yes" in verdicts:
                cells.append("yes")
            else:
                if verdicts[0] not in reasons:
                    reasons.append(verdicts[0])
                cells.append(f"no ({reasons.index(verdicts[0]) + 1})")
        lines.append(f"| {words} | " + " | ".join(cells) + " |")
    failed = [sum(verdict == "FAILED" for verdict in found[column].values()) for column in columns]
    passed = [sum(verdict == "yes" for verdict in found[column].values()) for column in columns]
    lines.append("| tests passed, failed | " + " | ".join(f"{p}, {f}" for p, f in zip(passed, failed)) + " |")
    lines += [""] + [f"({number}) {reason}" for number, reason in enumerate(reasons, 1)]
    return "\n".join(lines).rstrip(), sum(failed)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, required=True)
    parser.add_argument("--only", choices=["weir", "kafka"])
    parser.add_argument("--suite", action="append", help="only this suite, more than once for several")
    parser.add_argument("--kafka-classpath")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--verbose", action="store_true")
    args = parser.parse_args()
    found = {}
    for column, over, strict in targets(args):
        results = found.setdefault(column, {})
        for suite in args.suite or SUITES:
            # With an authorizer only its rules are new.
            if strict and suite != "tst_suite_operations":
                continue
            print(f"{suite} over {column}{' with an authorizer' if strict else ''}", flush=True)
            some = run(args.build, suite, over, args.verbose, ["rulesNeedAnAuthorizer"] if strict else ())
            for test, verdict in some.items():
                results[test] = verdict if results.get(test) != "FAILED" else "FAILED"
    if not found:
        print("WEIR_TEST_KAFKA=start would start Apache Kafka")
        return 77
    text, failures = table(found)
    print(text)
    if args.write:
        content = README.read_text()
        begin, end = content.index(BEGIN) + len(BEGIN), content.index(END)
        README.write_text(f"{content[:begin]}\n{text}\n{content[end:]}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
