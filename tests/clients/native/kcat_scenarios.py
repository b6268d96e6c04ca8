# SPDX-License-Identifier: GPL-3.0-or-later
"""kcat as people use it, against the broker."""
import json
import pathlib
import subprocess
import sys
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "python"))
from scenarios import CODECS, SIZES, expect, payload, run  # noqa: E402

RUN = uuid.uuid4().hex[:8]


def kcat(bootstrap, *args, data=b""):
    done = subprocess.run(["kcat", "-q", "-b", bootstrap, *args], input=data, capture_output=True, timeout=60)
    if done.returncode != 0:
        raise AssertionError(done.stderr.decode(errors="replace")[-200:])
    return done.stdout


def codec(name):
    def scenario(bootstrap):
        topic = f"kcat-codec-{name}-{RUN}"
        texts = [payload(size, size).hex()[:size].encode() for size in SIZES]
        kcat(bootstrap, "-P", "-t", topic, "-z", name, "-H", "h=v", "-K", ":", "-X", "message.max.bytes=2000000",
             data=b"".join(b"k%d:%s\n" % (i, t) for i, t in enumerate(texts)))
        out = kcat(bootstrap, "-C", "-t", topic, "-o", "beginning", "-e", "-f", "%k|%h|%S|%s\n")
        expect("records", out, b"".join(b"k%d|h=v|%d|%s\n" % (i, len(t), t) for i, t in enumerate(texts)))
    return scenario


def metadata(bootstrap):
    topic = f"kcat-meta-{RUN}"
    kcat(bootstrap, "-P", "-t", topic, data=b"x\n")
    seen = json.loads(kcat(bootstrap, "-L", "-J"))
    expect("one broker", len(seen["brokers"]), 1)
    expect("topic listed", topic in [t["topic"] for t in seen["topics"]], True)


def nulls(bootstrap):
    topic = f"kcat-null-{RUN}"
    kcat(bootstrap, "-P", "-t", topic, "-Z", "-K", ":", data=b"tombstone:\n:no key\n")
    out = kcat(bootstrap, "-C", "-t", topic, "-o", "beginning", "-e", "-f", "%K,%S\n")
    expect("lengths", out, b"9,-1\n-1,6\n")


def order(bootstrap):
    topic = f"kcat-order-{RUN}"
    kcat(bootstrap, "-P", "-t", topic, "-p", "0", data=b"".join(b"%d\n" % i for i in range(50000)))
    out = kcat(bootstrap, "-C", "-t", topic, "-p", "0", "-o", "beginning", "-e")
    expect("lines", [int(x) for x in out.split()], list(range(50000)))
    expect("tail", kcat(bootstrap, "-C", "-t", topic, "-p", "0", "-o", "-3", "-e").split(), [b"49997", b"49998", b"49999"])


def time_query(bootstrap):
    topic = f"kcat-time-{RUN}"
    kcat(bootstrap, "-P", "-t", topic, data=b"a\n")
    out = kcat(bootstrap, "-C", "-t", topic, "-o", "s@0", "-e", "-f", "%o %T\n").split()
    expect("offset", out[0], b"0")
    expect("after", kcat(bootstrap, "-C", "-t", topic, "-o", b"s@%d" % (int(out[1]) + 1), "-e"), b"")


def commit(bootstrap):
    kcat(bootstrap, "-P", "-t", "kcat-keeper", data=b"1\n2\n3\n")
    out = kcat(bootstrap, "-G", "kcat-keepers", "-X", "auto.offset.reset=earliest", "-c", "3", "-e", "kcat-keeper")
    expect("taken", out, b"1\n2\n3\n")


def commit_kept(bootstrap):
    kcat(bootstrap, "-P", "-t", "kcat-keeper", data=b"4\n")
    out = kcat(bootstrap, "-G", "kcat-keepers", "-X", "auto.offset.reset=earliest", "-c", "1", "-e", "kcat-keeper")
    expect("only what is new", out, b"4\n")


run({
    "main": [*[(f"codec-{c}", codec(c)) for c in CODECS], ("metadata", metadata), ("nulls", nulls), ("order", order),
             ("time", time_query), ("commit", commit)],
    "restarted": [("commit-kept", commit_kept)],
})
