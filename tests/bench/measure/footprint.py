# SPDX-License-Identifier: GPL-3.0-or-later
"""Starting, memory, and how the cost of a record grows with partitions, connections and the log."""
import os
import shutil
import time

from .table import Target

MIB = 1024 * 1024
RECORDS = 5_000_000  # of each turn of growth


def starting(run):
    for _ in range(run.rounds):
        for server in run.servers:
            run.table.add("start: empty, ms", server.name, server.start() * 1000,
                          Target(kafka=1 / 50, own=15, low=True))
            time.sleep(1)
            run.table.add("memory: idle, MiB", server.name, server.resident() / MIB,
                          Target(kafka=1 / 20, own=12, low=True))
            server.stop()
            run.table.add("start: again on its folder, ms", server.name, server.start(fresh=False) * 1000,
                          Target(kafka=1 / 50, low=True))
            server.stop()
            server.remove()


def large(run):
    """1,000 topics and, in the full form, 10 GB, as far as the disk has room for it."""
    for server in run.servers:
        gigabytes = fitting(run, 1 if run.quick else 10)
        with run.serving(server):
            run.clients.crowd("topics", port=server.port, count=1000)
            for i in range(gigabytes):
                run.clients.librdkafka("produce", bootstrap=server.bootstrap, topic=f"topic-{i * 97}", size=1024, acks="1",
                                       codec="none", records=976_562)
            server.stop()
            name = f"1,000 topics and {gigabytes} GB"
            for _ in range(run.rounds):
                run.table.add(f"start: {name}, ms", server.name, server.start(fresh=False) * 1000,
                              Target(kafka=1 / 10, own=200, low=True))
                server.stop()
            server.start(fresh=False)
            run.clients.librdkafka("produce", bootstrap=server.bootstrap, topic="topic-500", size=1024, acks="1",
                                   codec="none", records=976_562)
            server.kill()
            run.table.add(f"start: {name}, after kill -9, 1 GB dirty, ms", server.name,
                          server.start(fresh=False) * 1000, Target(kafka=1 / 5, own=1000, low=True))


def fitting(run, gigabytes):
    """As many of them as the disk has room for."""
    room = shutil.disk_usage(run.work).free / 1e9 - 5
    return max(1, min(gigabytes, int(room / 1.2)))


def memory(run):
    for server in run.servers:
        with run.serving(server):
            before = server.resident()
            count = 1000 if run.quick else 5000
            with run.clients.running("connections", port=server.port, count=count):
                each = (server.resident() - before) / count / 1024
                if server.name == "weir":  # a virtual machine's heap is taken before anybody comes
                    run.table.add("memory: each idle connection, KiB", server.name, each, Target(own=8, low=True))
                run.table.add(f"memory: {count:,} idle connections, MiB", server.name, server.resident() / MIB,
                              Target(kafka=1 / 4, low=True))
        with run.serving(server):
            topics = 100 if run.quick else 1000
            run.clients.crowd("topics", port=server.port, count=topics, partitions=10)
            run.table.add(f"memory: {topics * 10:,} partitions, MiB", server.name, server.resident() / MIB,
                          Target(kafka=1 / 4, low=True))


def growth(run):
    """The broker's processor time for each record, many against few."""
    for server in run.servers:
        small = server.twin()
        with run.serving(server, small):
            growth_in_width(run, server, small)
        with run.serving(server):
            growth_in_length(run, server)


def growth_in_width(run, server, small):
    run.clients.crowd("topics", port=small.port, count=1, partitions=10)
    run.clients.crowd("topics", port=server.port, count=100 if run.quick else 1000, partitions=10)
    few, many, crowded = [], [], []
    for _ in turns(run):
        few.append(cost(run, small, "topic-0", 10))
        many.append(cost(run, server, "topic-0", 10))
        with run.clients.running("connections", port=server.port, count=1000 if run.quick else 5000):
            crowded.append(cost(run, server, "topic-1", 10))
    grown(run, server, "10,000 partitions to 10", min(many) / min(few))
    grown(run, server, "5,000 connections to 1", min(crowded) / min(many))


def growth_in_length(run, server):
    """Both logs are measured after the long one has filled the page cache. What is read lies at the log's begin, and
    is the same in both."""
    gigabytes = fitting(run, 2 if run.quick else 50)
    run.clients.crowd("topics", port=server.port, prefix="log-", count=2)
    for topic in ("log-0", "log-1"):
        run.clients.crowd("fill", size=100, records=RECORDS, port=server.port, topic=topic, partitions=1)
    run.clients.crowd("fill", size=1024, records=gigabytes * 976_562, port=server.port, topic="log-1", partitions=1)
    os.sync()  # else what the kernel still writes is part of it
    short, long = [], []
    for _ in turns(run):
        short.append(cost(run, server, "log-0", 1))
        long.append(cost(run, server, "log-1", 1))
    grown(run, server, f"a log of {gigabytes} GB to 0.5", min(long) / min(short))


def turns(run):
    """Few and many are measured in turn, and the least of each counts: a page that the system has to find first costs
    five times the copy into it, and which turn meets such pages is chance."""
    return range(2 if run.quick else max(run.rounds, 5))


def cost(run, server, topic, partitions):
    records = RECORDS // run.shrink
    before = server.cpu()
    run.clients.librdkafka("produce", bootstrap=server.bootstrap, topic=topic, size=100, acks="1", codec="none",
                           records=records)
    run.clients.librdkafka("consume", bootstrap=server.bootstrap, topic=topic, records=records // 2,
                           partitions=partitions)
    return server.cpu() - before


def grown(run, server, what, ratio):
    run.table.add(f"growth: cost of a record, {what}", server.name, ratio, Target(own=1.3, low=True))
