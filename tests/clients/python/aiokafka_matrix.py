# SPDX-License-Identifier: GPL-3.0-or-later
"""What run_matrix.py asks of every client, with aiokafka."""
import asyncio
import os
import ssl
import uuid

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRebalanceListener, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewPartitions, NewTopic, RecordsToDelete
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaError
from aiokafka.structs import OffsetAndMetadata

from scenarios import expect, restart_broker, run_matrix

RUN = uuid.uuid4().hex[:8]


def whole(scenario):
    """A scenario is a coroutine of its own loop."""
    return lambda bootstrap: asyncio.run(scenario(bootstrap))


async def until(condition, what, seconds=60):
    end = asyncio.get_running_loop().time() + seconds
    while not condition():
        if asyncio.get_running_loop().time() > end:
            raise AssertionError(what() if callable(what) else what)
        await asyncio.sleep(0.05)


async def refused(work, what):
    try:
        await work
    except (KafkaError, ValueError) as error:
        return error
    raise AssertionError(f"{what} was not refused")


async def with_admin(bootstrap, work, **login):
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap, **login)
    await admin.start()
    try:
        return await work(admin)
    finally:
        await admin.close()


async def topic(bootstrap, name, partitions=1, **login):
    await with_admin(bootstrap, lambda a: a.create_topics([NewTopic(name, partitions, 1)]), **login)


async def produce(bootstrap, name, values, **config):
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, **config)
    await producer.start()
    try:
        for value in values:
            await producer.send_and_wait(name, value, partition=0)
    finally:
        await producer.stop()


async def read(bootstrap, name, marker=b"end", **login):
    """Everything of a topic's partition 0 before the marker, which is written now."""
    await produce(bootstrap, name, [marker], **login)
    c = AIOKafkaConsumer(bootstrap_servers=bootstrap, isolation_level="read_committed", **login)
    await c.start()
    got = []
    try:
        c.assign([TopicPartition(name, 0)])
        c.seek(TopicPartition(name, 0), 0)
        while not got or got[-1] != marker:
            got.append((await asyncio.wait_for(c.getone(), 60)).value)
    finally:
        await c.stop()
    return got[:-1]


async def idempotence(bootstrap):
    name, values = f"aio-idem-{RUN}", [b"%d" % i for i in range(2000)]
    await topic(bootstrap, name)
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, enable_idempotence=True, max_batch_size=200)
    await producer.start()
    await asyncio.gather(*[await producer.send(name, value, partition=0) for value in values])
    await producer.stop()
    expect("records", await read(bootstrap, name), values)


async def transactions(bootstrap):
    name, group = f"aio-txn-{RUN}", f"aio-txn-group-{RUN}"
    await topic(bootstrap, name)
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, transactional_id=f"aio-{RUN}")
    await producer.start()
    for text, commits in ((b"a", True), (b"b", False), (b"c", True)):
        await producer.begin_transaction()
        await producer.send_and_wait(name, text, partition=0)
        await producer.send_offsets_to_transaction({TopicPartition(name, 0): 7 if commits else 9}, group)
        await (producer.commit_transaction() if commits else producer.abort_transaction())
    await producer.stop()
    expect("committed", await read(bootstrap, name), [b"a", b"c"])
    found = await with_admin(bootstrap, lambda a: a.list_consumer_group_offsets(group))
    expect("position", found[TopicPartition(name, 0)].offset, 7)


async def fencing(bootstrap):
    name = f"aio-fence-{RUN}"
    await topic(bootstrap, name)
    old, new = (AIOKafkaProducer(bootstrap_servers=bootstrap, transactional_id=f"aio-fence-{RUN}") for _ in range(2))
    await old.start()
    await old.begin_transaction()
    await old.send_and_wait(name, b"of the old one", partition=0)
    await new.start()

    async def go_on():
        await old.send_and_wait(name, b"too late", partition=0)
        await old.commit_transaction()
    await refused(go_on(), "the older producer")
    await new.begin_transaction()
    await new.send_and_wait(name, b"of the new one", partition=0)
    await new.commit_transaction()
    await new.stop()
    try:
        await old.stop()
    except KafkaError:
        pass
    expect("committed", await read(bootstrap, name), [b"of the new one"])


class Member(ConsumerRebalanceListener):
    def __init__(self):
        self.owned, self.rounds, self.seen, self.leaving = [], 0, [], asyncio.Event()

    async def on_partitions_revoked(self, revoked):
        self.owned = []

    async def on_partitions_assigned(self, assigned):
        self.rounds += 1
        self.owned = sorted(p.partition for p in assigned)

    async def run(self, bootstrap, group, name, config):
        c = AIOKafkaConsumer(bootstrap_servers=bootstrap, group_id=group, auto_offset_reset="earliest",
                             auto_commit_interval_ms=200, heartbeat_interval_ms=300,
                             **{"session_timeout_ms": 6000, **config})
        c.subscribe([name], listener=self)
        await c.start()
        while not self.leaving.is_set():
            for messages in (await c.getmany(timeout_ms=200)).values():
                self.seen += [m.value for m in messages]
        self.owned = []
        await c.stop()

    @classmethod
    def join(cls, bootstrap, group, name, **config):
        member = cls()
        member.task = asyncio.create_task(member.run(bootstrap, group, name, config))
        return member

    async def leave(self):
        self.leaving.set()
        await self.task


async def share_out(members, partitions):
    await until(lambda: all(m.owned for m in members) and sorted(p for m in members for p in m.owned) == list(
        range(partitions)), lambda: f"never settled: {[m.owned for m in members]}")


async def static(bootstrap):
    name, group = f"aio-static-{RUN}", f"aio-static-group-{RUN}"
    await topic(bootstrap, name, 4)
    first = Member.join(bootstrap, group, name, group_instance_id="one", session_timeout_ms=30000)
    second = Member.join(bootstrap, group, name, group_instance_id="two", session_timeout_ms=30000)
    await share_out([first, second], 4)
    kept, rounds = second.owned, first.rounds
    await second.leave()
    back = Member.join(bootstrap, group, name, group_instance_id="two", session_timeout_ms=30000)
    await share_out([first, back], 4)
    expect("the same partitions", back.owned, kept)
    expect("rebalances of the other", first.rounds, rounds)
    await first.leave()
    await back.leave()


async def admin_topics(bootstrap):
    name = f"aio-topics-{RUN}"
    await topic(bootstrap, name, 2)

    async def work(a):
        again = await a.create_topics([NewTopic(name, 2, 1)])
        expect("made twice", again.topic_errors[0][1], 36)
        await a.create_partitions({name: NewPartitions(5)})
        expect("grown", len((await a.describe_topics([name]))[0]["partitions"]), 5)
        await produce(bootstrap, name, [b"%d" % i for i in range(10)])
        expect("low", await a.delete_records({TopicPartition(name, 0): RecordsToDelete(before_offset=4)}),
               {TopicPartition(name, 0): 4})
        await a.delete_topics([name])
        expect("gone", name in await a.list_topics(), False)
    await with_admin(bootstrap, work)


async def admin_configs(bootstrap):
    name = f"aio-configs-{RUN}"
    await topic(bootstrap, name)

    async def work(a):
        async def described(key):
            answers = await a.describe_configs([ConfigResource(ConfigResourceType.TOPIC, name)], include_synonyms=True)
            # Name, value, read only, source, sensitive, synonyms.
            return next(entry for entry in answers[0].resources[0][4] if entry[0] == key)
        await a.alter_configs([ConfigResource(ConfigResourceType.TOPIC, name, configs={"retention.ms": "123456"})])
        entry = await described("retention.ms")
        expect("value and source", (entry[1], entry[3]), ("123456", 1))
        expect("synonym", tuple(entry[5][0]), ("retention.ms", "123456", 1))
        expect("default", (await described("segment.bytes"))[3], 5)
        # It replaces them all.
        await a.alter_configs([ConfigResource(ConfigResourceType.TOPIC, name, configs={"cleanup.policy": "compact,delete"})])
        expect("policy", (await described("cleanup.policy"))[1], "compact,delete")
        expect("back to the default", (await described("retention.ms"))[3], 5)
        wrong = await a.alter_configs([ConfigResource(ConfigResourceType.TOPIC, name, configs={"no.such.key": "1"})])
        expect("an unknown setting", wrong[0].resources[0][0], 40)
    await with_admin(bootstrap, work)


async def admin_groups(bootstrap):
    name, group = f"aio-groups-{RUN}", f"aio-groups-group-{RUN}"
    await topic(bootstrap, name, 2)
    member = Member.join(bootstrap, group, name, client_id="mine")
    await share_out([member], 2)

    async def work(a):
        async def described():
            # Error, group, state, type of protocol, protocol, members.
            return (await a.describe_consumer_groups([group]))[0].groups[0]
        one = await described()
        expect("group", (one[2], [m[1] for m in one[5]]), ("Stable", ["mine"]))
        expect("listed", group in [g[0] for g in await a.list_consumer_groups()], True)
        await member.leave()
        expect("afterwards", (await described())[2], "Empty")
    await with_admin(bootstrap, work)


async def admin_offsets(bootstrap):
    name, group = f"aio-offsets-{RUN}", f"aio-offsets-group-{RUN}"
    await topic(bootstrap, name, 2)
    c = AIOKafkaConsumer(bootstrap_servers=bootstrap, group_id=group, enable_auto_commit=False)
    await c.start()
    c.assign([TopicPartition(name, p) for p in range(2)])
    await c.commit({TopicPartition(name, p): OffsetAndMetadata(5 + p, f"note {p}") for p in range(2)})
    await c.stop()
    found = await with_admin(bootstrap, lambda a: a.list_consumer_group_offsets(group))
    expect("offsets", sorted((p.partition, o.offset, o.metadata) for p, o in found.items()),
           [(0, 5, "note 0"), (1, 6, "note 1")])


async def greet(bootstrap, name, **login):
    await topic(bootstrap, name, **login)
    await produce(bootstrap, name, [b"hello"], **login)
    expect("read", await read(bootstrap, name, **login), [b"hello"])


async def sasl(_):
    address, context = os.environ["WEIR_SASL_SSL"], ssl.create_default_context(cafile=os.environ["WEIR_CA"])
    for mechanism, password in (("PLAIN", os.environ["WEIR_PASSWORD"]),
                                ("SCRAM-SHA-256", os.environ["WEIR_SCRAM_PASSWORD"]),
                                ("SCRAM-SHA-512", os.environ["WEIR_SCRAM_PASSWORD"])):
        login = {"security_protocol": "SASL_SSL", "ssl_context": context, "sasl_mechanism": mechanism,
                 "sasl_plain_username": os.environ["WEIR_USER"]}
        await greet(address, f"aio-{mechanism}-{RUN}", **login, sasl_plain_password=password)
        await refused(greet(address, f"aio-wrong-{mechanism}-{RUN}", **login, sasl_plain_password="wrong"),
                      "a wrong password")


async def tls(_):
    def context(with_certificate):
        made = ssl.create_default_context(cafile=os.environ["WEIR_CA"])
        if with_certificate:
            made.load_cert_chain(os.environ["WEIR_CERT"], os.environ["WEIR_KEY"])
        return {"security_protocol": "SSL", "ssl_context": made}
    await greet(os.environ["WEIR_SSL"], f"aio-tls-{RUN}", **context(True))
    await refused(greet(os.environ["WEIR_SSL"], f"aio-tls-without-{RUN}", **context(False)), "no certificate")


async def restart(bootstrap):
    name, total = f"aio-restart-{RUN}", 1000
    await topic(bootstrap, name)
    member = Member.join(bootstrap, f"{name}-group", name)
    await share_out([member], 1)
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, enable_idempotence=True, max_batch_size=200)
    await producer.start()
    sent = [await producer.send(name, b"%d" % i, partition=0) for i in range(total // 2)]
    await sent[20]
    await asyncio.to_thread(restart_broker)
    sent += [await producer.send(name, b"%d" % i, partition=0) for i in range(total // 2, total)]
    await asyncio.gather(*sent)
    await producer.stop()
    everything = [b"%d" % i for i in range(total)]
    expect("log", await read(bootstrap, name), everything)
    await until(lambda: set(everything) <= set(member.seen), "the group did not get on")
    await member.leave()


run_matrix([(name, whole(scenario)) for name, scenario in (
    ("idempotence", idempotence), ("transactions", transactions), ("fencing", fencing), ("static", static),
    ("admin-topics", admin_topics), ("admin-configs", admin_configs), ("admin-groups", admin_groups),
    ("admin-offsets", admin_offsets), ("sasl", sasl), ("tls", tls), ("restart", restart))])
