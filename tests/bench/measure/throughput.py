# SPDX-License-Identifier: GPL-3.0-or-later
"""Records per second in and out, and what they cost the broker."""
from .table import Target

# Each measurement lasts about a second or more.
COUNTS = {100: 4_000_000, 1024: 1_500_000}
READY_BYTES = 2_000_000_000


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
                ceilings(run, size, acks, codec, partitions)
        for size in COUNTS:
            for codec in ("none",) if run.quick else ("none", "zstd"):
                for partitions in (1, 16):
                    for turn in range(run.rounds):
                        for server in run.servers:
                            ready(run, server, size, codec, partitions, f"ready{turn}-")
        if run.java:
            java(run)


def produce_name(size, acks, codec, partitions):
    return f"produce {size} B acks={acks} {codec} {partitions} part., records/s"


def consume_name(size, codec, partitions):
    return f"consume {size} B {codec} {partitions} part., records/s"


def one_round(run, server, size, acks, codec, partitions, prefix, table):
    count = COUNTS[size] // run.shrink
    topic = new_topic(run, server, prefix, partitions)
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


def new_topic(run, server, prefix, partitions):
    run.clients.crowd("topics", port=server.port, prefix=prefix, count=1, partitions=partitions)
    return prefix + "0"


def consume(run, server, size, codec, partitions, topic, count, table, plain):
    ask = dict(bootstrap=server.bootstrap, topic=topic, records=count, partitions=partitions)
    before = server.cpu()
    got = run.clients.librdkafka("consume", **ask)
    spent = server.cpu() - before
    if table is None:
        return
    table.add(consume_name(size, codec, partitions), server.name, got["records_per_s"], Target(kafka=2, ceiling=0.9))
    if plain:
        table.add(f"  broker CPU s per GB out, {size} B", server.name, spent / (count * size / 1e9),
                  Target(kafka=1 / 3, low=True))
        server.forget_cache()
        table.add(f"consume {size} B, cold, records/s", server.name,
                  run.clients.librdkafka("consume", **ask)["records_per_s"], Target(kafka=2))


def ceilings(run, size, acks, codec, partitions):
    """What the client does by itself: producing to a cluster that it carries and that drops the records, consuming
    batches that lie ready, from a server that does nothing else."""
    count = COUNTS[size] // run.shrink
    run.table.add(produce_name(size, acks, codec, partitions), "ceiling",
                  run.clients.ceiling("produce", size=size, acks=acks, codec=codec, records=count,
                                      partitions=partitions)["records_per_s"])
    if acks == "1":
        with run.clients.running("canned", size=size, records=count, codec=codec, partitions=partitions) as can:
            run.table.add(consume_name(size, codec, partitions), "ceiling",
                          run.clients.librdkafka("consume", bootstrap=f"127.0.0.1:{can['port']}", topic="bench",
                                                 records=count, partitions=partitions)["records_per_s"])


def ready(run, server, size, codec, partitions, prefix):
    """Batches that lie ready go in, and only their headers are read when they come out: the broker is what is
    measured, and not what a client does with records."""
    topic = new_topic(run, server, prefix, partitions)
    ask = dict(port=server.port, topic=topic, partitions=partitions, records=READY_BYTES // size // run.shrink)
    where = f"{size} B {codec} {partitions} part."
    got = run.clients.crowd("fill", size=size, codec=codec, **ask)
    run.table.add(f"ready batches in, {where}, MB/s", server.name, got["mb_per_s"], Target(kafka=1.5))
    got = run.clients.crowd("drain", **ask)
    run.table.add(f"ready batches out, {where}, MB/s", server.name, got["mb_per_s"], Target(kafka=2))
    run.clients.crowd("remove", port=server.port, topic=topic)


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
