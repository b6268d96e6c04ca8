# SPDX-License-Identifier: GPL-3.0-or-later
"""aiokafka against the broker."""
import asyncio
import time
import uuid

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRebalanceListener, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.structs import OffsetAndMetadata

from scenarios import CODECS, codec_records, expect, run

RUN = uuid.uuid4().hex[:8]


def whole(scenario):
    """A scenario is a coroutine of its own loop."""
    return lambda bootstrap: asyncio.run(scenario(bootstrap))


async def with_admin(bootstrap, work):
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        return await work(admin)
    finally:
        await admin.close()


async def topic(bootstrap, name, partitions=1):
    await with_admin(bootstrap, lambda a: a.create_topics([NewTopic(name, partitions, 1)]))


async def produce(bootstrap, name, records, **config):
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, max_request_size=2_000_000, linger_ms=5, **config)
    await producer.start()
    try:
        sent = [await producer.send(name, key=k, value=v, headers=h) for k, v, h in records]
        await asyncio.gather(*sent)
    finally:
        await producer.stop()


def consumer(bootstrap, group, *topics, **more):
    return AIOKafkaConsumer(*topics, bootstrap_servers=bootstrap, group_id=group, auto_offset_reset="earliest",
                            auto_commit_interval_ms=200, session_timeout_ms=6000, heartbeat_interval_ms=500, **more)


async def take(bootstrap, group, name, count, seconds=30):
    c = consumer(bootstrap, group, name)
    await c.start()
    got, end = [], time.monotonic() + seconds
    try:
        while len(got) < count and time.monotonic() < end:
            for messages in (await c.getmany(timeout_ms=500)).values():
                got += messages
    finally:
        await c.stop()
    return got


def codec(codec_name):
    async def scenario(bootstrap):
        name = f"aio-codec-{codec_name}-{RUN}"
        await topic(bootstrap, name)
        records = codec_records(null_headers=False)
        await produce(bootstrap, name, records, compression_type=None if codec_name == "none" else codec_name,
                      enable_idempotence=True)
        got = await take(bootstrap, f"g-{name}", name, len(records))
        expect("records", [(m.key, m.value, list(m.headers)) for m in got], records)
    return whole(scenario)


async def order(bootstrap):
    name = f"aio-order-{RUN}"
    await topic(bootstrap, name, 6)
    await produce(bootstrap, name, [(f"k{i % 20}".encode(), str(i).encode(), []) for i in range(2000)])
    messages = await take(bootstrap, f"g-{name}", name, 2000)
    expect("count", len(messages), 2000)
    last = {}
    for m in messages:
        if last.get(m.key, -1) >= int(m.value):
            raise AssertionError(f"{m.key} went back at {m.value}")
        last[m.key] = int(m.value)


async def group(bootstrap):
    name = f"aio-group-{RUN}"
    await topic(bootstrap, name, 6)
    seen, owned, leaves = set(), {}, {}

    class Listener(ConsumerRebalanceListener):
        def __init__(self, index):
            self.index = index

        async def on_partitions_revoked(self, revoked):
            owned[self.index] = []

        async def on_partitions_assigned(self, assigned):
            owned[self.index] = [p.partition for p in assigned]

    async def member(index):
        c = consumer(bootstrap, f"g-{name}")
        c.subscribe([name], listener=Listener(index))
        await c.start()
        while not leaves[index].is_set():
            for messages in (await c.getmany(timeout_ms=200)).values():
                seen.update(int(m.value) for m in messages)
        owned[index] = []
        await c.stop()

    async def wait(condition, what):
        end = time.monotonic() + 60
        while not condition():
            if time.monotonic() > end:
                raise AssertionError(f"{what}: {owned}, {len(seen)} seen")
            await asyncio.sleep(0.1)

    def settled(members):
        return sorted(p for i in members for p in owned.get(i, [])) == list(range(6)) and all(
            owned.get(i) for i in members)

    tasks = []

    def start(index):
        leaves[index] = asyncio.Event()
        tasks.append(asyncio.create_task(member(index)))

    try:
        for index in range(3):
            start(index)
        await wait(lambda: settled([0, 1, 2]), "three members never settled")
        await produce(bootstrap, name, [(None, str(i).encode(), []) for i in range(600)])
        await wait(lambda: len(seen) == 600, "first batch")
        leaves[1].set()
        await wait(lambda: settled([0, 2]), "two members never settled")
        start(3)
        await wait(lambda: settled([0, 2, 3]), "the newcomer got nothing")
        await produce(bootstrap, name, [(None, str(i).encode(), []) for i in range(600, 1200)])
        await wait(lambda: len(seen) == 1200, "second batch")
    finally:
        for leave in leaves.values():
            leave.set()
        await asyncio.gather(*tasks, return_exceptions=True)


async def commit(bootstrap):
    await topic(bootstrap, "aio-keeper", 3)
    # Without its own commits, which would follow ours and have no notes.
    c = consumer(bootstrap, "aio-keepers", enable_auto_commit=False)
    await c.start()
    c.assign([TopicPartition("aio-keeper", p) for p in range(3)])
    await c.commit({TopicPartition("aio-keeper", p): OffsetAndMetadata(p + 1, f"note {p}") for p in range(3)})
    await c.stop()


async def commit_kept(bootstrap):
    found = await with_admin(bootstrap, lambda a: a.list_consumer_group_offsets("aio-keepers"))
    expect("offsets", [found[TopicPartition("aio-keeper", p)].offset for p in range(3)], [1, 2, 3])
    expect("notes", [found[TopicPartition("aio-keeper", p)].metadata for p in range(3)], [f"note {p}" for p in range(3)])


async def admin(bootstrap):
    name = f"aio-admin-{RUN}"
    await topic(bootstrap, name, 2)
    described = await with_admin(bootstrap, lambda a: a.describe_topics([name]))
    expect("partitions", len(described[0]["partitions"]), 2)
    await with_admin(bootstrap, lambda a: a.delete_topics([name]))
    expect("deleted", name in await with_admin(bootstrap, lambda a: a.list_topics()), False)


run({
    "main": [*[(f"codec-{c}", codec(c)) for c in CODECS], ("order", whole(order)), ("group", whole(group)),
             ("commit", whole(commit)), ("admin", whole(admin))],
    "restarted": [("commit-kept", whole(commit_kept))],
})
