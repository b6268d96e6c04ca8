#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The scenarios that every client is asked, one client at a time: producers that repeat, transactions, groups, the
admin's round trips, logins, a broker that dies in the middle. Exit 77 means skipped.

The program of a client prints `PASS name`, `FAIL name: reason` or `SKIP name: reason`, and `RESTART` where it wants the
broker killed and started again; it then reads a line, which comes when the broker listens."""
import argparse
import hashlib
import json
import os
import pathlib
import shutil
import signal
import socket
import struct
import subprocess
import sys

import run_client
import security_setup as setup

PYTHON = {name: f"{name.replace('-', '_')}_matrix.py" for name in ("confluent-kafka", "kafka-python", "aiokafka")}


class Broker:
    """weir-broker with a listener of each protocol, which can be killed and started on the same folder and ports."""

    def __init__(self, program, home):
        self.program, self.home = program, home
        self.addresses, self.properties = setup.make(home)
        text = self.properties.read_text().replace("User:admin", "User:admin;User:cert-user")
        # Some of the clients do not log in again on a connection that is open.
        text = text.replace("connections.max.reauth.ms=3000\n", "")
        self.properties.write_text(text + "log.cleaner.backoff.ms=300\n")
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            [self.program, "--data", str(self.home / "data"), "--config", str(self.properties)],
            stdout=subprocess.PIPE, stderr=open(self.home / "broker.log", "a"), text=True)
        line = self.process.stdout.readline().strip()
        if not line.startswith("listening on "):
            raise RuntimeError(f"the broker did not start: {line!r} {(self.home / 'broker.log').read_text()[-2000:]}")

    def restart(self):
        self.process.kill()
        self.process.wait(timeout=30)
        self.start()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=30)


def compact(data):
    """A flexible message's bytes or string: its length and one, as a varint below 128."""
    assert len(data) < 127
    return bytes([len(data) + 1]) + data


def add_scram_user(address, user, password):
    """AlterUserScramCredentials version 0, so that a client without that API can log in by SCRAM."""
    salt, iterations, both = os.urandom(16), 4096, b""
    for mechanism, digest in ((1, "sha256"), (2, "sha512")):
        salted = hashlib.pbkdf2_hmac(digest, password.encode(), salt, iterations)
        both += compact(user.encode()) + bytes([mechanism]) + struct.pack(">i", iterations) + compact(salt)
        both += compact(salted) + b"\0"
    request = struct.pack(">hhih", 51, 0, 1, -1) + b"\0" + b"\1" + b"\3" + both + b"\0"
    host, port = address.rsplit(":", 1)
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        connection.sendall(struct.pack(">i", len(request)) + request)
        with connection.makefile("rb") as answers:
            answer = answers.read(struct.unpack(">i", answers.read(4))[0])
    # Correlation id, tags, throttle time, two results: a user, its error code, no message, tags.
    result = answer[4 + 1 + 4 + 1:]
    code = struct.unpack(">h", result[1 + len(user):3 + len(user)])[0]
    if code != 0:
        raise RuntimeError(f"the SCRAM user was refused with {code}")


def prepare(client, cache, args):
    """The command of a client's program; it is given the plaintext address."""
    if client in PYTHON:
        python = run_client.prepare_python(client)(cache, args)[0]
        return [python, str(run_client.HERE / "python" / PYTHON[client])], None
    if client in ("kafkajs", "platformatic"):
        return run_client.prepare_node(f"{client}_matrix.js")(cache, args)
    if client in ("franz-go", "sarama", "kafka-go"):
        return [*run_client.prepare_go(client)(cache, args), "matrix"], None
    if client == "java":
        return run_client.prepare_java("MatrixScenarios")(cache, args), None
    if client == "rust-rdkafka":
        return [*run_client.prepare_rust(cache, args), "matrix"], None
    if client == "kcat":
        run_client.need("kcat")
        return [sys.executable, str(run_client.HERE / "native" / "kcat_matrix.py")], None
    return [args.native, "matrix"], None


CLIENTS = ("java", "librdkafka", "kcat", "confluent-kafka", "kafka-python", "aiokafka", "kafkajs", "platformatic",
           "franz-go", "sarama", "kafka-go", "rust-rdkafka")


def run(command, cwd, broker, home):
    environment = {
        **os.environ, "PYTHONUNBUFFERED": "1", "WEIR_SSL": broker.addresses["SSL"],
        "WEIR_SASL_SSL": broker.addresses["SASL_SSL"], "WEIR_CA": f"{home}/ca.crt", "WEIR_CERT": f"{home}/client.crt",
        "WEIR_KEY": f"{home}/client.key", "WEIR_CERT_AND_KEY": f"{home}/client.pem", "WEIR_USER": "admin",
        "WEIR_PASSWORD": setup.PASSWORD, "WEIR_SCRAM_PASSWORD": setup.SCRAM_PASSWORD}
    results = {}
    process = subprocess.Popen([*command, broker.addresses["PLAINTEXT"]], cwd=cwd, env=environment,
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    for line in process.stdout:
        line = line.rstrip()
        if line == "RESTART":
            broker.restart()
            process.stdin.write("restarted\n")
            process.stdin.flush()
            continue
        verdict, _, rest = line.partition(" ")
        if verdict in ("PASS", "FAIL", "SKIP"):
            name, _, reason = rest.partition(": ")
            results[name] = {"verdict": verdict, "reason": reason}
        print(line, flush=True)
    if process.wait() != 0 and not any(r["verdict"] == "FAIL" for r in results.values()):
        results["exit"] = {"verdict": "FAIL", "reason": f"exit code {process.returncode}"}
    return results


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--client", required=True, choices=CLIENTS)
    parser.add_argument("--work", required=True, type=pathlib.Path)
    parser.add_argument("--broker", required=True, help="path of weir-broker")
    parser.add_argument("--native", help="path of the librdkafka matrix program")
    args = parser.parse_args()
    args.work = args.work.resolve()
    cache = args.work / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    results_file = args.work / f"matrix-{args.client}.json"
    try:
        run_client.need("openssl")
        command, cwd = prepare(args.client, cache, args)
    except run_client.Skip as why:
        print(f"SKIP {args.client}: {why}")
        results_file.write_text(json.dumps({"skipped": str(why)}))
        return run_client.SKIPPED
    home = (args.work / f"matrix-{args.client}").resolve()
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    broker = Broker(args.broker, home)
    try:
        add_scram_user(broker.addresses["PLAINTEXT"], "admin", setup.SCRAM_PASSWORD)
        results = run(command, cwd, broker, home)
    finally:
        broker.stop()
    results_file.write_text(json.dumps(results, indent=1))
    failed = [name for name, r in results.items() if r["verdict"] == "FAIL"]
    print(f"{args.client}: {len(results) - len(failed)} without a failure, {len(failed)} failed")
    return 1 if failed or not results else 0


if __name__ == "__main__":
    sys.exit(main())
