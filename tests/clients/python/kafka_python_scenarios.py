# SPDX-License-Identifier: GPL-3.0-or-later
"""kafka-python against the broker."""
import threading
import time
import uuid

from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import KafkaAdminClient, NewTopic
from kafka.structs import OffsetAndMetadata

from scenarios import CODECS, codec_records, expect, run

RUN = uuid.uuid4().hex[:8]


def topic(bootstrap, name, partitions=1):
    admin = KafkaAdminClient(bootstrap_servers=bootstrap)
    admin.create_topics([NewTopic(name, partitions, 1)])
    return admin


def produce(bootstrap, name, records, **config):
    producer = KafkaProducer(bootstrap_servers=bootstrap, max_request_size=2_000_000, linger_ms=5, **config)
    futures = [producer.send(name, key=k, value=v, headers=h) for k, v, h in records]
    producer.flush(30)
    for future in futures:
        future.get(30)
    producer.close()


def consumer(bootstrap, group, *topics, **config):
    return KafkaConsumer(*topics, bootstrap_servers=bootstrap, group_id=group, auto_offset_reset="earliest",
                         enable_auto_commit=False, session_timeout_ms=6000, heartbeat_interval_ms=500, **config)


def take(c, count, seconds=30):
    got, end = [], time.monotonic() + seconds
    while len(got) < count and time.monotonic() < end:
        for messages in c.poll(timeout_ms=500).values():
            got += messages
    return got


def codec(codec_name):
    def scenario(bootstrap):
        name = f"kp-codec-{codec_name}-{RUN}"
        topic(bootstrap, name).close()
        records = codec_records(null_headers=False)
        produce(bootstrap, name, records, compression_type=None if codec_name == "none" else codec_name)
        c = consumer(bootstrap, f"g-{name}", name)
        got = [(m.key, m.value, list(m.headers)) for m in take(c, len(records))]
        c.close()
        expect("records", got, records)
    return scenario


def order(bootstrap):
    name = f"kp-order-{RUN}"
    topic(bootstrap, name, 6).close()
    produce(bootstrap, name, [(f"k{i % 20}".encode(), str(i).encode(), []) for i in range(2000)])
    c = consumer(bootstrap, f"g-{name}", name)
    last = {}
    messages = take(c, 2000)
    c.close()
    expect("count", len(messages), 2000)
    for m in messages:
        if last.get(m.key, -1) >= int(m.value):
            raise AssertionError(f"{m.key} went back at {m.value}")
        last[m.key] = int(m.value)


def group(bootstrap):
    name = f"kp-group-{RUN}"
    topic(bootstrap, name, 6).close()
    seen, owned, stop = set(), {}, threading.Event()
    leaves = [threading.Event() for _ in range(4)]

    def member(index):
        c = consumer(bootstrap, f"g-{name}", name)
        while not stop.is_set() and not leaves[index].is_set():
            for messages in c.poll(timeout_ms=200).values():
                seen.update(int(m.value) for m in messages)
            owned[index] = [p.partition for p in c.assignment()]
        owned[index] = []
        c.close()

    def wait(condition, what):
        end = time.monotonic() + 60
        while not condition():
            if time.monotonic() > end:
                raise AssertionError(f"{what}: {owned}, {len(seen)} seen")
            time.sleep(0.1)

    def settled(members):
        return sorted(p for i in members for p in owned.get(i, [])) == list(range(6)) and all(
            owned.get(i) for i in members)

    threads = [threading.Thread(target=member, args=(i,)) for i in range(4)]
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
    topic(bootstrap, "kp-keeper", 3).close()
    produce(bootstrap, "kp-keeper", [(str(i).encode(), b"x", []) for i in range(30)])
    c = consumer(bootstrap, "kp-keepers")
    c.assign([TopicPartition("kp-keeper", p) for p in range(3)])
    c.commit({TopicPartition("kp-keeper", p): OffsetAndMetadata(p + 1, f"note {p}", -1) for p in range(3)})
    c.close()


def commit_kept(bootstrap):
    c = consumer(bootstrap, "kp-keepers")
    c.assign([TopicPartition("kp-keeper", p) for p in range(3)])
    got = [c.committed(TopicPartition("kp-keeper", p), metadata=True) for p in range(3)]
    c.close()
    expect("offsets", [(g.offset, g.metadata) for g in got], [(p + 1, f"note {p}") for p in range(3)])


def admin(bootstrap):
    name = f"kp-admin-{RUN}"
    a = topic(bootstrap, name, 2)
    expect("partitions", len(a.describe_topics([name])[0]["partitions"]), 2)
    expect("listed", name in a.list_topics(), True)
    c = consumer(bootstrap, f"g-{name}")
    c.assign([TopicPartition(name, 0)])
    c.commit({TopicPartition(name, 0): OffsetAndMetadata(0, "", -1)})
    c.close()
    offsets = a.list_group_offsets(f"g-{name}") if hasattr(a, "list_group_offsets") else a.list_consumer_group_offsets(
        f"g-{name}")
    expect("offsets listed", "0" in str(offsets), True)
    a.delete_topics([name])
    expect("deleted", name in a.list_topics(), False)
    a.close()


run({
    "main": [*[(f"codec-{c}", codec(c)) for c in CODECS], ("order", order), ("group", group), ("commit", commit),
             ("admin", admin)],
    "restarted": [("commit-kept", commit_kept)],
})
