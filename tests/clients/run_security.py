#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Real clients against a broker with TLS, SASL, access rules and quotas. Exit 77 means skipped."""
import argparse
import json
import pathlib
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import time

import run_client
import security_setup as setup


class Broker:
    def __init__(self, program, home, properties):
        self.log = home / "broker.log"
        self.process = subprocess.Popen(
            [program, "--data", str(home / "data"), "--config", str(properties), "--log-level", "debug"],
            stdout=subprocess.PIPE, stderr=open(self.log, "w"), text=True)
        line = self.process.stdout.readline().strip()
        if not line.startswith("listening on "):
            raise RuntimeError(f"the broker did not start: {line!r} {self.log.read_text()}")

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=10)


def jaas(module, **options):
    text = " ".join(f'{key}="{value}"' for key, value in options.items())
    return f"org.apache.kafka.common.security.{module} required {text};"


def client_config(home, protocol, mechanism=None, jaas_config=None, more=""):
    path = home / f"client-{protocol}-{mechanism}-{abs(hash((jaas_config, more)))}.properties"
    lines = [f"security.protocol={protocol}", more]
    if "SSL" in protocol:
        lines += ["ssl.truststore.type=PEM", f"ssl.truststore.location={home}/ca.crt"]
    if protocol == "SSL":
        openssl_key = home / "client-pkcs8.pem"
        openssl_key.write_text((home / "client.key").read_text() + (home / "client.crt").read_text())
        lines += ["ssl.keystore.type=PEM", f"ssl.keystore.location={openssl_key}"]
    if mechanism:
        lines += [f"sasl.mechanism={mechanism}", f"sasl.jaas.config={jaas_config}"]
    path.write_text("\n".join(lines) + "\n")
    return path


def java_scenarios(home, addresses, classpath):
    """Apache's own tools: each command with what must, or must not, be in its answer."""
    def tool(name, *arguments, data=None, log="off"):
        done = subprocess.run(["java", "-Xmx256m", f"-Dorg.slf4j.simpleLogger.defaultLogLevel={log}", "-cp", classpath,
                               name, *map(str, arguments)],
                              input=data, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=120)
        return done.stdout

    plain = ("--bootstrap-server", addresses["PLAINTEXT"])

    def check(name, text, *wanted):
        missing = [each for each in wanted if each not in text]
        print(f"FAIL {name}: no {missing} in {text.strip()[:600]!r}" if missing else f"PASS {name}", flush=True)

    configs, acls = "kafka.admin.ConfigCommand", "org.apache.kafka.tools.AclCommand"
    topics = "org.apache.kafka.tools.TopicCommand"
    producer, consumer = "org.apache.kafka.tools.ConsoleProducer", "org.apache.kafka.tools.consumer.ConsoleConsumer"
    check("java-topic", tool(topics, *plain, "--create", "--topic", "jtopic"), "Created topic jtopic")
    check("java-scram-user", tool(configs, *plain, "--alter", "--entity-type", "users", "--entity-name", "juser",
                                  "--add-config", f"SCRAM-SHA-512=[iterations=8192,password={setup.SCRAM_PASSWORD}]"),
          "Completed updating config for user juser")
    check("java-scram-described", tool(configs, *plain, "--describe", "--entity-type", "users", "--entity-name",
                                       "juser"), "SCRAM-SHA-512=iterations=8192")
    check("java-acls", tool(acls, *plain, "--add", "--allow-principal", "User:juser", "--allow-principal",
                            "User:cert-user", "--allow-principal", "User:carol", "--allow-principal", "User:alice",
                            "--operation", "All", "--topic", "jtopic", "--group", "*"), "Adding ACLs")
    check("java-acls-listed", tool(acls, *plain, "--list", "--topic", "jtopic"), "User:juser", "operation=ALL")
    check("java-quota", tool(configs, *plain, "--alter", "--entity-type", "clients", "--entity-name",
                             "perf-producer-client",
                             "--add-config", "producer_byte_rate=10000"), "Completed updating config")
    check("java-quota-described", tool(configs, *plain, "--describe", "--entity-type", "clients"),
          "producer_byte_rate=10000")
    said = tool("org.apache.kafka.tools.ProducerPerformance", "--topic", "jtopic", "--num-records", "150",
                "--record-size", "1000", "--throughput", "-1", "--bootstrap-server", addresses["PLAINTEXT"],
                "--command-property", "batch.size=4000", "--print-metrics")
    # What the client itself was told to wait; its clock would measure the start of a virtual machine as well.
    longest = [float(line.rpartition(":")[2]) for line in said.splitlines() if "produce-throttle-time-max" in line]
    check("java-throttled", said + ("told to wait" if longest and longest[0] > 0 else f"{longest}"), "told to wait",
          "150 records sent")
    scram = "scram.ScramLoginModule"
    bearer, _ = setup.token(home, "carol")
    (home / "token.jwt").write_text(bearer)
    oauth = client_config(
        home, "SASL_PLAINTEXT", "OAUTHBEARER", jaas("oauthbearer.OAuthBearerLoginModule"),
        f"sasl.oauthbearer.token.endpoint.url=file://{home}/token.jwt\n"
        "sasl.oauthbearer.jwt.retriever.class=org.apache.kafka.common.security.oauthbearer.FileJwtRetriever\n"
        "sasl.login.callback.handler.class="
        "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginCallbackHandler")
    logins = {
        "ssl": ("SSL", client_config(home, "SSL")),
        "plain": ("SASL_SSL", client_config(home, "SASL_SSL", "PLAIN", jaas(
            "plain.PlainLoginModule", username="alice", password=setup.PASSWORD))),
        "scram-512": ("SASL_SSL", client_config(home, "SASL_SSL", "SCRAM-SHA-512", jaas(
            scram, username="juser", password=setup.SCRAM_PASSWORD))),
        "oauth": ("SASL_PLAINTEXT", oauth),
    }
    allow_file = "-Dorg.apache.kafka.sasl.oauthbearer.allowed.urls="
    for name, (protocol, config) in logins.items():
        extra = [f"{allow_file}file://{home}/token.jwt"] if name == "oauth" else []
        command = ["java", "-Xmx256m", "-Dorg.slf4j.simpleLogger.defaultLogLevel=error", *extra, "-cp", classpath]
        said = subprocess.run([*command, producer, "--bootstrap-server", addresses[protocol], "--topic", "jtopic",
                               "--command-config", str(config)], input=f"hello-{name}\n", stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, timeout=120).stdout
        got = subprocess.run([*command, consumer, "--bootstrap-server", addresses[protocol], "--topic", "jtopic",
                              "--from-beginning", "--timeout-ms", "6000", "--group", f"j-{name}",
                              "--command-config", str(config)],
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=120).stdout
        check(f"java-{name}", said + got, f"hello-{name}")
    wrong = client_config(home, "SASL_SSL", "SCRAM-SHA-512", jaas(scram, username="juser", password="wrong"))
    check("java-wrong-password", tool(topics, "--bootstrap-server", addresses["SASL_SSL"], "--list",
                                      "--command-config", wrong, log="error"), "SaslAuthenticationException")
    bob = client_config(home, "SASL_PLAINTEXT", "PLAIN", jaas("plain.PlainLoginModule", username="bob",
                                                              password=setup.PASSWORD))
    said = tool(topics, "--bootstrap-server", addresses["SASL_PLAINTEXT"], "--create", "--topic", "bobs",
                "--command-config", bob, log="error")
    check("java-denied", said, "TopicAuthorizationException")
    tokens = "org.apache.kafka.tools.DelegationTokenCommand"
    admin = client_config(home, "SASL_SSL", "SCRAM-SHA-512", jaas(scram, username="juser",
                                                                  password=setup.SCRAM_PASSWORD))
    made = tool(tokens, "--bootstrap-server", addresses["SASL_SSL"], "--create", "--max-life-time-period", "-1",
                "--command-config", admin, "--renewer-principal", "User:alice")
    words = [word for line in made.splitlines() if "User:juser" in line for word in line.split()]
    if len(words) < 2:
        print(f"FAIL java-token: {made.strip()[:400]!r}", flush=True)
        return
    by_token = client_config(home, "SASL_PLAINTEXT", "SCRAM-SHA-256", jaas(
        scram, username=words[0], password=words[1], tokenauth="true"))
    check("java-token", tool(topics, "--bootstrap-server", addresses["SASL_PLAINTEXT"], "--list", "--command-config",
                             by_token, log="error"), "jtopic")


def kcat_scenarios(home, addresses):
    def kcat(*options, data=None):
        done = subprocess.run(["kcat", "-m", "8", *options], input=data, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, timeout=30)
        return done.returncode, done.stdout

    def sasl(protocol, user, password):
        more = ["-X", f"ssl.ca.location={home}/ca.crt"] if protocol == "SASL_SSL" else []
        return ["-b", addresses[protocol], "-X", f"security.protocol={protocol}", "-X", "sasl.mechanism=PLAIN", "-X",
                f"sasl.username={user}", "-X", f"sasl.password={password}", *more]
    mutual = ["-b", addresses["SSL"], "-X", "security.protocol=SSL", "-X", f"ssl.ca.location={home}/ca.crt", "-X",
              f"ssl.certificate.location={home}/client.crt", "-X", f"ssl.key.location={home}/client.key"]
    for name, login, fine in (("plain", sasl("SASL_PLAINTEXT", "admin", setup.PASSWORD), True),
                              ("sasl-ssl", sasl("SASL_SSL", "admin", setup.PASSWORD), True),
                              ("mutual-tls", mutual, True),
                              ("wrong-password", sasl("SASL_SSL", "admin", "wrong"), False),
                              ("no-tls", ["-b", addresses["SSL"]], False)):
        code, said = kcat(*login, "-L")
        print(f"PASS kcat-{name}" if (code == 0) == fine else f"FAIL kcat-{name}: {code} {said[:300]!r}", flush=True)
    tls_figures(addresses, lambda protocol: sasl(protocol, "admin", setup.PASSWORD))


def tls_figures(addresses, login):
    """What encryption costs: new connections a second with a client at work beside them, and bulk against plaintext.
    `login(protocol)` are kcat's options of a user who may do all."""
    def ask(connection, question):
        begin = time.perf_counter()
        connection.sendall(question)
        length = int.from_bytes(receive(connection, 4), "big")
        receive(connection, length)
        return time.perf_counter() - begin

    def receive(connection, size):
        data = b""
        while len(data) < size:
            more = connection.recv(size - len(data))
            if not more:
                raise RuntimeError("the broker closed the connection")
            data += more
        return data

    def frame(key, version, body):
        content = struct.pack(">hhih", key, version, 1, -1) + body
        return struct.pack(">i", len(content)) + content

    host, port = addresses["PLAINTEXT"].rsplit(":", 1)
    question = frame(3, 1, struct.pack(">i", -1))  # Metadata of all topics
    took = []
    with socket.create_connection((host.strip("[]"), int(port))) as active:
        active.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        calm = sorted(ask(active, question) for _ in range(300))
        crowd = subprocess.Popen(["openssl", "s_time", "-connect", addresses["SASL_SSL"], "-new", "-time", "3"],
                                 stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        while crowd.poll() is None:
            took.append(ask(active, question))
        said = crowd.stdout.read()
    took.sort()
    counted = re.search(r"(\d+) connections in (\d+) real seconds", said)
    if not counted or int(counted.group(1)) == 0 or not took:
        print(f"FAIL tls-handshakes: {said.strip()[-200:]!r}", flush=True)
    else:
        p99 = took[len(took) * 99 // 100] * 1000
        print(f"PASS tls-handshakes: {int(counted.group(1)) / int(counted.group(2)):.0f} a second; a client beside "
              f"them has p50 {took[len(took) // 2] * 1000:.2f} ms, p99 {p99:.2f} ms "
              f"(alone {calm[len(calm) * 99 // 100] * 1000:.2f} ms)", flush=True)
    # In turns, so that a busy machine slows both.
    megabytes, rounds = 96, 3
    value = "x" * 1000
    filled = subprocess.run(["kcat", *login("SASL_PLAINTEXT"), "-P", "-t", "bulk", "-p", "0"],
                            input=f"{value}\n" * (megabytes * 1000), text=True, timeout=120)
    spent = {"SASL_PLAINTEXT": 0.0, "SASL_SSL": 0.0}
    for _ in range(rounds):
        for protocol in spent:
            begin = time.perf_counter()
            subprocess.run(["kcat", *login(protocol), "-C", "-t", "bulk", "-p", "0", "-o", "beginning", "-e", "-q", "-u",
                            "-f", ""], stdout=subprocess.DEVNULL, check=True, timeout=120)
            spent[protocol] += time.perf_counter() - begin
    ratio = spent["SASL_PLAINTEXT"] / spent["SASL_SSL"]
    verdict = "PASS" if ratio >= 0.5 and filled.returncode == 0 else "FAIL"
    print(f"{verdict} tls-bulk: {megabytes * rounds / spent['SASL_SSL']:.0f} MB/s encrypted, "
          f"{megabytes * rounds / spent['SASL_PLAINTEXT']:.0f} MB/s in the clear: {ratio:.2f}", flush=True)


def secrets_stay_secret(home):
    """No password in the log, and none in the data folder; what may be read only by its owner is so."""
    found = [f"{canary} in {path}" for path in [home / "broker.log", *(home / "data").rglob("*")] if path.is_file()
             for canary in setup.CANARIES if canary.encode() in path.read_bytes()]
    open_to_others = [str(path) for path in (home / "data").rglob("*") if path.stat().st_mode & 0o077]
    wrong = found + open_to_others[:3]
    verdict = f"FAIL secrets: {wrong}" if wrong else "PASS secrets"
    print(verdict, flush=True)
    return verdict


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--client", required=True, choices=("confluent-kafka", "java", "kcat"))
    parser.add_argument("--work", required=True, type=pathlib.Path)
    parser.add_argument("--broker", required=True)
    args = parser.parse_args()
    cache = args.work / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    try:
        run_client.need("openssl")
        if args.client == "confluent-kafka":
            python = run_client.prepare_python("confluent-kafka")(cache, args)[0]
        elif args.client == "java":
            classpath = run_client.java_classes(cache)
        else:
            run_client.need("kcat")
    except run_client.Skip as why:
        print(f"SKIP security-{args.client}: {why}")
        return run_client.SKIPPED
    home = (args.work / f"security-{args.client}").resolve()
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    addresses, properties = setup.make(home)
    broker = Broker(args.broker, home, properties)
    results = {}
    try:
        if args.client == "confluent-kafka":
            scenario = home / "setup.json"
            scenario.write_text(json.dumps({
                "addresses": addresses, "ca": f"{home}/ca.crt", "other_ca": f"{home}/other.crt",
                "client_crt": f"{home}/client.crt", "client_key": f"{home}/client.key",
                "password": setup.PASSWORD, "scram": setup.SCRAM_PASSWORD, "token": setup.token(home, "carol"),
                "expired": setup.token(home, "carol", -120), "wrong_audience": setup.token(home, "carol", 600, "x"),
                "wrong_issuer": setup.token(home, "carol", 600, "weir", "https://else.test")}))
            program = str(run_client.HERE / "python" / "security_scenarios.py")
            process = subprocess.run([python, program, str(scenario)], stdout=subprocess.PIPE, text=True, timeout=240)
            output = process.stdout
        else:
            import contextlib
            import io
            captured = io.StringIO()
            with contextlib.redirect_stdout(captured):
                if args.client == "java":
                    java_scenarios(home, addresses, classpath)
                else:
                    kcat_scenarios(home, addresses)
            output = captured.getvalue()
    finally:
        broker.stop()
    print(output, end="")
    results = [line for line in output.splitlines() if line.startswith(("PASS", "FAIL"))]
    results.append(secrets_stay_secret(home))
    failed = [line for line in results if line.startswith("FAIL")]
    print(f"security-{args.client}: {len(results) - len(failed)} passed, {len(failed)} failed")
    return 1 if failed or not results else 0


if __name__ == "__main__":
    sys.exit(main())
