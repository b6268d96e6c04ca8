# SPDX-License-Identifier: GPL-3.0-or-later
"""confluent-kafka (librdkafka of today) against the broker."""
import threading
import time
import uuid

from confluent_kafka import Consumer, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import (AdminClient, AlterConfigOpType, ConfigEntry, ConfigResource, NewPartitions, NewTopic,
                                   ResourceType)

from scenarios import CODECS, codec_records, expect, run

RUN = uuid.uuid4().hex[:8]


def topic(bootstrap, name, partitions=1, config=None):
    admin = AdminClient({"bootstrap.servers": bootstrap})
    for future in admin.create_topics([NewTopic(name, partitions, 1, config=config or {})]).values():
        future.result(10)
    return admin


def produce(bootstrap, name, records, **config):
    errors = []
    producer = Producer({"bootstrap.servers": bootstrap, "message.max.bytes": 2_000_000, "linger.ms": 5, **config})
    for key, value, headers in records:
        producer.produce(name, key=key, value=value, headers=headers, on_delivery=lambda e, m: e and errors.append(e))
        producer.poll(0)
    expect("undelivered", producer.flush(30), 0)
    expect("delivery errors", errors, [])


def consumer(bootstrap, group, **config):
    # With the consumer protocol the broker decides on both times.
    times = {} if config.get("group.protocol") == "consumer" else {"session.timeout.ms": 6000, "heartbeat.interval.ms": 500}
    return Consumer({"bootstrap.servers": bootstrap, "group.id": group, "auto.offset.reset": "earliest",
                     "enable.auto.commit": False, **times, **config})


def take(c, count, seconds=30):
    got, end = [], time.monotonic() + seconds
    while len(got) < count and time.monotonic() < end:
        message = c.poll(0.5)
        if message is not None and message.error() is None:
            got.append(message)
    return got


def codec(codec_name):
    def scenario(bootstrap):
        name = f"cc-codec-{codec_name}-{RUN}"
        topic(bootstrap, name)
        records = codec_records()
        produce(bootstrap, name, records, **{"compression.type": codec_name, "enable.idempotence": True})
        c = consumer(bootstrap, f"g-{name}")
        c.subscribe([name])
        got = [(m.key(), m.value(), m.headers() or []) for m in take(c, len(records))]
        c.close()
        expect("records", got, records)
    return scenario


def order(bootstrap):
    name = f"cc-order-{RUN}"
    topic(bootstrap, name, 6)
    produce(bootstrap, name, [(f"k{i % 20}".encode(), str(i).encode(), []) for i in range(5000)],
            partitioner="murmur2_random", **{"enable.idempotence": True})
    c = consumer(bootstrap, f"g-{name}")
    c.subscribe([name])
    last = {}
    messages = take(c, 5000)
    c.close()
    expect("count", len(messages), 5000)
    for m in messages:
        if last.get(m.key(), -1) >= int(m.value()):
            raise AssertionError(f"{m.key()} went back at {m.value()}")
        last[m.key()] = int(m.value())


def group(bootstrap, **config):
    name = f"cc-group-{config.get('group.protocol', 'classic')}-{config.get('partition.assignment.strategy', '')}"
    name = f"{name}-{config.get('group.remote.assignor', '')}-{RUN}"
    name = name.replace(",", "-")
    topic(bootstrap, name, 6)
    seen, lock, stop = set(), threading.Lock(), threading.Event()
    owned = {}

    def member(index, leave):
        c = consumer(bootstrap, f"g-{name}", **config)
        c.subscribe([name])
        while not stop.is_set() and not leave.is_set():
            message = c.poll(0.2)
            if message is not None and message.error() is None:
                with lock:
                    seen.add(int(message.value()))
                try:
                    c.commit(message=message, asynchronous=True)
                except KafkaException:
                    pass
            owned[index] = [p.partition for p in c.assignment()]
        owned[index] = []
        c.close()

    def settled(members):
        parts = sorted(p for i in members for p in owned.get(i, []))
        return parts == list(range(6)) and all(owned.get(i) for i in members)

    def wait(condition, what):
        end = time.monotonic() + 45
        while not condition():
            if time.monotonic() > end:
                raise AssertionError(f"{what}: {owned}, {len(seen)} seen")
            time.sleep(0.1)

    leaves = [threading.Event() for _ in range(4)]
    threads = [threading.Thread(target=member, args=(i, leaves[i])) for i in range(4)]
    try:
        for t in threads[:3]:
            t.start()
        wait(lambda: settled([0, 1, 2]), "three members never settled")
        produce(bootstrap, name, [(None, str(i).encode(), []) for i in range(600)])
        wait(lambda: len(seen) == 600, "first batch")
        leaves[1].set()
        wait(lambda: settled([0, 2]), "two members never settled")
        threads[3].start()
        wait(lambda: settled([0, 2, 3]), "the newcomer got nothing")
        produce(bootstrap, name, [(None, str(i).encode(), []) for i in range(600, 1200)])
        wait(lambda: len(seen) == 1200, "second batch")
    finally:
        stop.set()
        for t in threads:
            if t.ident:
                t.join()


def commit(bootstrap):
    topic(bootstrap, "cc-keeper", 3)
    produce(bootstrap, "cc-keeper", [(str(i).encode(), b"x", []) for i in range(30)])
    c = consumer(bootstrap, "cc-keepers")
    c.commit(offsets=[TopicPartition("cc-keeper", p, p + 1, metadata=f"note {p}") for p in range(3)], asynchronous=False)
    c.close()


def commit_kept(bootstrap):
    c = consumer(bootstrap, "cc-keepers")
    got = c.committed([TopicPartition("cc-keeper", p) for p in range(3)], timeout=10)
    c.close()
    expect("offsets", [(p.offset, p.metadata) for p in got], [(p + 1, f"note {p}") for p in range(3)])


def admin(bootstrap):
    name = f"cc-admin-{RUN}"
    a = topic(bootstrap, name, 2, {"retention.ms": "123456"})
    expect("partitions", len(a.list_topics(name, 10).topics[name].partitions), 2)
    resource = ConfigResource(ResourceType.TOPIC, name)
    config = list(a.describe_configs([resource]).values())[0].result(10)
    expect("retention.ms", config["retention.ms"].value, "123456")
    change = ConfigResource(ResourceType.TOPIC, name, incremental_configs=[
        ConfigEntry("cleanup.policy", "compact,delete", incremental_operation=AlterConfigOpType.SET)])
    list(a.incremental_alter_configs([change]).values())[0].result(10)
    config = list(a.describe_configs([resource]).values())[0].result(10)
    expect("cleanup.policy", config["cleanup.policy"].value, "compact,delete")
    list(a.create_partitions([NewPartitions(name, 5)]).values())[0].result(10)
    expect("grown", len(a.list_topics(name, 10).topics[name].partitions), 5)
    produce(bootstrap, name, [(b"k", b"v", [])] * 10)
    probe = consumer(bootstrap, "x")
    part = next(p for p in range(5) if probe.get_watermark_offsets(TopicPartition(name, p), 10)[1])
    probe.close()
    deleted = list(a.delete_records([TopicPartition(name, part, 4)]).values())[0].result(10)
    expect("low watermark", deleted.low_watermark, 4)
    c = consumer(bootstrap, f"g-{name}")
    c.commit(offsets=[TopicPartition(name, 0, 0)], asynchronous=False)
    c.close()
    listed = {g.group_id for g in a.list_consumer_groups().result(10).valid}
    expect("group listed", f"g-{name}" in listed, True)
    list(a.delete_consumer_groups([f"g-{name}"]).values())[0].result(10)
    list(a.delete_topics([name]).values())[0].result(10)
    expect("deleted", name in a.list_topics(timeout=10).topics, False)
    expect("brokers", len(a.describe_cluster().result(10).nodes), 1)


run({
    "main": [*[(f"codec-{c}", codec(c)) for c in CODECS], ("order", order), ("group", group),
             ("group-cooperative", lambda b: group(b, **{"partition.assignment.strategy": "cooperative-sticky"})),
             ("kip848-uniform", lambda b: group(b, **{"group.protocol": "consumer"})),
             ("kip848-range", lambda b: group(b, **{"group.protocol": "consumer", "group.remote.assignor": "range"})),
             ("commit", commit), ("admin", admin)],
    "restarted": [("commit-kept", commit_kept)],
})
