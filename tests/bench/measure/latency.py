# SPDX-License-Identifier: GPL-3.0-or-later
"""How late: one producer to one waiting consumer, one producer to a thousand, and transactions and commits, whose rate
is one over their latency."""
from .table import Target

NAMES = ("p50_us", "p99_us", "p999_us")


def end_to_end(run):
    """Open loop: a record counts from when it was due, sent late or not."""
    own = {("p50_us", 1000): 250, ("p99_us", 1000): 1000}
    for rate in (1000, 50000):
        for turn in range(run.rounds):
            for server in run.servers:
                with run.serving(server):
                    got = run.clients.librdkafka("latency", bootstrap=server.bootstrap, rate=rate,
                                                 seconds=2 if run.quick else 5)
                    for name in NAMES:
                        run.table.add(f"end to end at {rate}/s, {name}", server.name, got[name],
                                      Target(kafka=0.5, own=own.get((name, rate)), low=True))
                    if run.java and rate == 1000:
                        got = run.clients.java("latency", server.bootstrap, "java", rate, 2 if run.quick else 5)
                        for name in NAMES:
                            run.table.add(f"Java: end to end at {rate}/s, {name}", server.name, got[name],
                                          Target(kafka=0.5, low=True))


def fan_out(run):
    seconds = 2 if run.quick else 5
    for _ in range(run.rounds):
        for server in run.servers:
            with run.serving(server):
                got = run.clients.crowd("fan-out", port=server.port, seconds=seconds)
                run.table.add("1,000 ticks/s to 1,000 consumers, p99 us", server.name, got["p99_us"],
                              Target(kafka=1 / 3, low=True))
            with run.serving(server):
                got = run.clients.crowd("groups", port=server.port, seconds=seconds)
                run.table.add("1,000 ticks/s to 50 groups of 20, p99 us", server.name, got["p99_us"],
                              Target(kafka=1 / 3, low=True))


def coordination(run):
    seconds = 2 if run.quick else 5
    for _ in range(run.rounds):
        for server in run.servers:
            with run.serving(server):
                got = run.clients.librdkafka("transactions", bootstrap=server.bootstrap, records=10, seconds=seconds)
                run.table.add("transactions of 10 records, one producer, /s", server.name, got["transactions_per_s"],
                              Target(kafka=2))
                got = run.clients.crowd("commits", port=server.port, seconds=seconds)
                run.table.add("offset commits of 500 groups, /s", server.name, got["commits_per_s"], Target(kafka=2))
                got = run.clients.crowd("requests", port=server.port, seconds=seconds, topic="small")
                run.table.add("produce requests of 100 B, 64 connections, /s", server.name, got["requests_per_s"],
                              Target(own=120_000))


def durable(run):
    """Every batch is on stable storage before it is acknowledged."""
    count = 2_000 if run.quick else 10_000
    for server in run.servers:
        server.settings = {"log.flush.interval.messages": 1}
    for turn in range(run.rounds):
        for server in run.servers:
            with run.serving(server):
                for in_flight in (1, 5, 64):
                    got = run.clients.librdkafka("produce", bootstrap=server.bootstrap, topic=f"d{in_flight}", size=100,
                                                 acks="all", codec="none", linger=0, batch=1, in_flight=in_flight,
                                                 records=count if in_flight > 1 else count // 10)
                    run.table.add(f"durable: commits/s, {in_flight} in flight", server.name, got["records_per_s"],
                                  Target(kafka=5))
                got = run.clients.crowd("requests", port=server.port, seconds=2, topic="many")
                run.table.add("durable: commits/s of 64 producers", server.name, got["requests_per_s"],
                              Target(kafka=5, own=40_000))
                got = run.clients.librdkafka("produce", bootstrap=server.bootstrap, topic="large", size=1024, acks="all",
                                             codec="none", records=500_000 // run.shrink)
                run.table.add("durable: 1 KiB records, MB/s", server.name, got["mb_per_s"], Target(kafka=5, own=300))
    for server in run.servers:
        server.settings = {}
