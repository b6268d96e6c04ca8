# SPDX-License-Identifier: GPL-3.0-or-later
"""What run_matrix.py asks of every client, with kcat (librdkafka as packaged)."""
import os
import pathlib
import signal
import subprocess
import sys
import threading
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "python"))
from scenarios import expect, restart_broker, run_matrix, until  # noqa: E402

RUN = uuid.uuid4().hex[:8]


def kcat(bootstrap, *options, data=None, settings=(), ok=True):
    more = [part for each in settings for part in ("-X", each)]
    patience = "30" if ok else "3"
    done = subprocess.run(["kcat", "-b", bootstrap, "-m", patience, *more, *options], input=data, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, timeout=120)
    if ok != (done.returncode == 0):
        raise AssertionError(f"exit {done.returncode}: {done.stderr[-300:]}")
    return done.stdout


def lines(values):
    return "".join(f"{v}\n" for v in values)


def produce(bootstrap, topic, values, settings=(), **more):
    kcat(bootstrap, "-P", "-t", topic, "-p", "0", data=lines(values), settings=settings, **more)


def read(bootstrap, topic, settings=()):
    return kcat(bootstrap, "-C", "-t", topic, "-p", "0", "-o", "beginning", "-e", "-q",
                settings=[*settings, "isolation.level=read_committed"]).split()


def idempotence(bootstrap):
    values = [str(i) for i in range(3000)]
    produce(bootstrap, f"kc-idem-{RUN}", values, ["enable.idempotence=true", "batch.num.messages=7"])
    expect("records", read(bootstrap, f"kc-idem-{RUN}"), values)


def transactions(bootstrap):
    """A whole input is one transaction; one that is interrupted is aborted."""
    topic, settings = f"kc-txn-{RUN}", [f"transactional.id=kc-{RUN}"]
    produce(bootstrap, topic, ["a"], settings)
    with subprocess.Popen(["kcat", "-b", bootstrap, "-P", "-t", topic, "-p", "0", "-X", settings[0], "-X", "linger.ms=1"],
                          stdin=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        # It reads its input in blocks.
        process.stdin.write("b\n" + "x" * 4096)
        process.stdin.flush()

        def has_come():
            out = kcat(bootstrap, "-C", "-t", topic, "-p", "0", "-o", "beginning", "-e", "-q",
                       settings=["isolation.level=read_uncommitted"])
            return out.split()[:2] == ["a", "b"]
        until(has_come, "the record never came")
        process.send_signal(signal.SIGKILL)
    # The next of the same name ends what that one left open.
    produce(bootstrap, topic, ["c"], settings)
    expect("committed", read(bootstrap, topic), ["a", "c"])


class Member:
    """kcat as a member of a balanced group; what it prints is what it saw."""

    def __init__(self, bootstrap, group, topic, settings=()):
        more = [part for each in settings for part in ("-X", each)]
        self.seen = []
        self.process = subprocess.Popen(
            ["kcat", "-b", bootstrap, "-X", "auto.offset.reset=earliest", "-X", "heartbeat.interval.ms=300",
             *(["-X", "session.timeout.ms=6000"] if not any("session" in s for s in settings) else []), *more,
             "-E", "-u", "-f", "%s\n", "-G", group, topic], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        for line in self.process.stdout:
            self.seen.append(line.strip())

    def stop(self, kill=False):
        self.process.send_signal(signal.SIGKILL if kill else signal.SIGTERM)
        self.process.wait(timeout=60)


def static(bootstrap):
    topic, group = f"kc-static-{RUN}", f"kc-static-group-{RUN}"
    produce(bootstrap, topic, ["1"])
    settings = ["group.instance.id=one", "session.timeout.ms=30000"]
    first = Member(bootstrap, group, topic, settings)
    until(lambda: first.seen == ["1"], "the first never read")
    first.stop(kill=True)
    # Its successor has the name, so that nobody waits for the session's end.
    second = Member(bootstrap, group, topic, settings)
    produce(bootstrap, topic, ["2"])
    until(lambda: "2" in second.seen, "the second never read", seconds=25)
    second.stop()


def round_trip(bootstrap, topic, settings):
    produce(bootstrap, topic, ["hello"], settings)
    expect("read", read(bootstrap, topic, settings), ["hello"])


def sasl(_):
    """PLAIN alone: librdkafka sent a wrong nonce by SCRAM until 2.6.1, which Apache Kafka refuses since 4.0 too."""
    address = os.environ["WEIR_SASL_SSL"]
    login = ["security.protocol=SASL_SSL", f"ssl.ca.location={os.environ['WEIR_CA']}", "sasl.mechanism=PLAIN",
             f"sasl.username={os.environ['WEIR_USER']}"]
    round_trip(address, f"kc-plain-{RUN}", [*login, f"sasl.password={os.environ['WEIR_PASSWORD']}"])
    kcat(address, "-L", settings=[*login, "sasl.password=wrong"], ok=False)


def tls(_):
    ca = ["security.protocol=SSL", f"ssl.ca.location={os.environ['WEIR_CA']}"]
    round_trip(os.environ["WEIR_SSL"], f"kc-tls-{RUN}", [*ca, f"ssl.certificate.location={os.environ['WEIR_CERT']}",
                                                         f"ssl.key.location={os.environ['WEIR_KEY']}"])
    kcat(os.environ["WEIR_SSL"], "-L", settings=ca, ok=False)


def restart(bootstrap):
    topic = f"kc-restart-{RUN}"
    produce(bootstrap, topic, ["first"])
    reader = Member(bootstrap, f"{topic}-group", topic)
    until(lambda: reader.seen == ["first"], "the group never read")
    values = [str(i) for i in range(2000)]
    with subprocess.Popen(
            ["kcat", "-b", bootstrap, "-E", "-P", "-t", topic, "-p", "0", "-X", "enable.idempotence=true", "-X", "linger.ms=1"],
            stdin=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        process.stdin.write(lines(values[:1000]))
        process.stdin.flush()
        until(lambda: len(reader.seen) > 1, "nothing was sent")
        restart_broker()
        process.stdin.write(lines(values[1000:]))
        process.stdin.close()
        expect("exit code", process.wait(timeout=60), 0)
    expect("log", read(bootstrap, topic), ["first", *values])
    until(lambda: set(values) <= set(reader.seen), "the group did not get on")
    reader.stop()


run_matrix([("idempotence", idempotence), ("transactions", transactions), ("static", static), ("sasl", sasl), ("tls", tls),
            ("restart", restart)])
