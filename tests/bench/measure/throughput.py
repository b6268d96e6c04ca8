# SPDX-License-Identifier: GPL-3.0-or-later
"""Records per second in and out, and what they cost the broker."""
from .table import Target

COUNTS = {100: 2_000_000, 1024: 500_000}


def produce_target(size):
    return Target(kafka=1.5, ceiling=0.80 if size == 100 else 0.75)


def rows(quick):
    for size in COUNTS:
        for acks in ("1",) if quick else ("1", "all"):
            for codec in ("none", "zstd") if quick else ("none", "lz4", "zstd"):
                for partitions in (1, 16) if quick else (1, 16, 64):
                    yield size, acks, codec, partitions


def measure(run):
    """All servers are up and warm; the rounds of a row take turns, topic by topic."""
    with run.serving():
        for server in run.servers:  # compilers warm up, files are made
            one_round(run, server, 100, "1", "none", 1, "warm-", None)
        for size, acks, codec, partitions in rows(run.quick):
            for turn in range(run.rounds):
                for server in run.servers:
                    one_round(run, server, size, acks, codec, partitions, f"t{turn}-", run.table)
                count = COUNTS[size] // run.shrink
                run.table.add(produce_name(size, acks, codec, partitions), "ceiling",
                              run.clients.ceiling("produce", size=size, acks=acks, codec=codec, records=count,
                                                  partitions=partitions)["records_per_s"])
        canned(run)
        if run.java:
            java(run)


def produce_name(size, acks, codec, partitions):
    return f"produce {size} B acks={acks} {codec} {partitions} part., records/s"


def one_round(run, server, size, acks, codec, partitions, prefix, table):
    count = COUNTS[size] // run.shrink
    run.clients.crowd("topics", port=server.port, prefix=prefix, count=1, partitions=partitions)
    topic = prefix + "0"
    before = server.cpu()
    got = run.clients.librdkafka("produce", bootstrap=server.bootstrap, topic=topic, size=size, acks=acks, codec=codec,
                                 records=count)
    spent = server.cpu() - before
    gigabytes = count * size / 1e9
    plain = acks == "1" and codec == "none" and partitions == 1
    if table:
        table.add(produce_name(size, acks, codec, partitions), server.name, got["records_per_s"],
                  produce_target(size))
        if plain:
            table.add(f"  broker CPU s per GB in, {size} B", server.name, spent / gigabytes, Target(kafka=1 / 3, low=True))
    if acks == "1":
        consume(run, server, size, codec, partitions, topic, count, table, plain)
    run.clients.crowd("remove", port=server.port, topic=topic)


def consume(run, server, size, codec, partitions, topic, count, table, plain):
    ask = dict(bootstrap=server.bootstrap, topic=topic, records=count, partitions=partitions)
    before = server.cpu()
    got = run.clients.librdkafka("consume", **ask)
    spent = server.cpu() - before
    if table is None:
        return
    name = f"consume {size} B {codec} {partitions} part., records/s"
    table.add(name, server.name, got["records_per_s"], Target(kafka=2, ceiling=0.9 if plain else None))
    if plain:
        table.add(f"  broker CPU s per GB out, {size} B", server.name, spent / (count * size / 1e9),
                  Target(kafka=1 / 3, low=True))
        server.forget_cache()
        table.add(f"consume {size} B, cold, records/s", server.name,
                  run.clients.librdkafka("consume", **ask)["records_per_s"], Target(kafka=2))


def canned(run):
    """The ceiling of consuming: batches that lie ready, from a server that does nothing else."""
    for size in COUNTS:
        count = COUNTS[size] // run.shrink
        with run.clients.running("canned", size=size, records=count) as ready:
            for _ in range(run.rounds):
                run.table.add(f"consume {size} B none 1 part., records/s", "ceiling",
                              run.clients.librdkafka("consume", bootstrap=f"127.0.0.1:{ready['port']}", topic="bench",
                                                     records=count)["records_per_s"])


def java(run):
    for size in COUNTS:
        count = COUNTS[size] // run.shrink
        for turn in range(run.rounds):
            for server in run.servers:
                topic = f"java-{size}-{turn}"
                got = run.clients.java("produce", server.bootstrap, topic, size, "1", "none", count)
                run.table.add(f"Java: produce {size} B acks=1 none, records/s", server.name, got["records_per_s"],
                              Target(kafka=1.5))
                got = run.clients.java("consume", server.bootstrap, topic, count)
                run.table.add(f"Java: consume {size} B none, records/s", server.name, got["records_per_s"],
                              Target(kafka=2))
                run.clients.crowd("remove", port=server.port, topic=topic)
