# SPDX-License-Identifier: GPL-3.0-or-later
"""What every client program shares: the records of the codec scenarios and how results are printed."""
import sys
import time
import traceback
import zlib

CODECS = ["none", "gzip", "snappy", "lz4", "zstd"]
SIZES = [1, 100, 10_000, 1_000_000]


def payload(size, seed):
    """Bytes that compress a little, the same in every run."""
    block = b"".join(zlib.crc32(f"{seed}-{i}".encode()).to_bytes(4, "big") + b"weir" for i in range(256))
    return (block * (size // len(block) + 1))[:size]


def codec_records(null_headers=True):
    """(key, value, headers) covering sizes, null, empty and repeated headers. Some clients refuse null headers."""
    records = [(f"k{n}".encode(), payload(n, n), [("h", b"v")]) for n in SIZES]
    records += [
        (None, b"no key", []),
        (b"tombstone", None, []),
        (b"", b"", []),
        (b"headers", b"v", [("a", b"1"), ("a", b"2"), ("empty", b"")] + ([("null", None)] if null_headers else [])),
    ]
    return records


def run(phases):
    phase, bootstrap = sys.argv[1], sys.argv[2]
    failed = False
    for name, scenario in phases[phase]:
        try:
            scenario(bootstrap)
            print(f"PASS {name}", flush=True)
        except Exception as error:  # a scenario's failure is its result
            failed = True
            traceback.print_exc()
            print(f"FAIL {name}: {type(error).__name__} {str(error)[:200]!r}", flush=True)
    sys.exit(1 if failed else 0)


def expect(what, got, wanted):
    if got != wanted:
        raise AssertionError(f"{what}: got {str(got)[:80]}, wanted {str(wanted)[:80]}")


def restart_broker():
    """Asks run_matrix.py for it; returns when the broker listens again."""
    print("RESTART", flush=True)
    if sys.stdin.readline() != "restarted\n":
        raise AssertionError("nobody restarted the broker")


def until(condition, what, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(what() if callable(what) else what)
        time.sleep(0.05)


def refused(work, *kinds):
    """The error with which `work` fails, which is one of `kinds`."""
    try:
        work()
    except kinds as error:
        return error
    raise AssertionError("it was not refused")


def run_matrix(scenarios):
    """`scenarios` are (name, function) with the function taking the bootstrap address."""
    failed = False
    for name, scenario in scenarios:
        try:
            scenario(sys.argv[1])
            print(f"PASS {name}", flush=True)
        except Exception as error:
            failed = True
            traceback.print_exc()
            print(f"FAIL {name}: {type(error).__name__} {str(error)[:300]!r}", flush=True)
    sys.exit(1 if failed else 0)
