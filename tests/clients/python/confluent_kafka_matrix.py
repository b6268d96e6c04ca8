# SPDX-License-Identifier: GPL-3.0-or-later
"""What run_matrix.py asks of every client, with confluent-kafka (librdkafka of today)."""
import os
import threading
import uuid

from confluent_kafka import (AcknowledgeType, Consumer, ConsumerGroupTopicPartitions, IsolationLevel, KafkaException,
                             Producer, ShareConsumer, TopicPartition)
from confluent_kafka.admin import (AclBinding, AclBindingFilter, AclOperation, AclPermissionType, AdminClient,
                                   AlterConfigOpType, ConfigEntry, ConfigResource, ConfigSource, NewPartitions, NewTopic,
                                   OffsetSpec, ResourcePatternType, ResourceType, ScramCredentialInfo, ScramMechanism,
                                   UserScramCredentialDeletion, UserScramCredentialUpsertion)

from scenarios import expect, refused, restart_broker, run_matrix, until

RUN = uuid.uuid4().hex[:8]
WAIT = 60


def only(futures):
    return list(futures.values())[0].result(WAIT)


def topic(bootstrap, name, partitions=1, **config):
    admin = AdminClient({"bootstrap.servers": bootstrap})
    only(admin.create_topics([NewTopic(name, partitions, 1, config=config)]))
    return admin


class Sender:
    def __init__(self, bootstrap, **config):
        self.errors, self.acknowledged = [], []
        self.producer = Producer({"bootstrap.servers": bootstrap, "log_level": 0, **config})

    def send(self, name, value, partition=0):
        def told(error, message):
            (self.errors if error else self.acknowledged).append(error or message.value())
        self.producer.produce(name, value, partition=partition, on_delivery=told)
        self.producer.poll(0)

    def flush(self):
        expect("undelivered", self.producer.flush(WAIT), 0)


def consumer(bootstrap, group, **config):
    times = {} if config.get("group.protocol") == "consumer" else {"session.timeout.ms": 6000, "heartbeat.interval.ms": 300}
    return Consumer({"bootstrap.servers": bootstrap, "group.id": group, "auto.offset.reset": "earliest", "log_level": 0,
                     "enable.auto.commit": False, "isolation.level": "read_committed", **times, **config})


def read(bootstrap, name, marker=b"end", **config):
    """Everything of a topic's partition 0 before the marker, which is written now."""
    sender = Sender(bootstrap, **config)
    sender.send(name, marker)
    sender.flush()
    c = consumer(bootstrap, f"reader-{uuid.uuid4()}", **config)
    c.assign([TopicPartition(name, 0, 0)])
    got = []

    def more():
        got.extend(m.value() for m in c.consume(500, 0.2) if m.error() is None)
        return bool(got) and got[-1] == marker
    until(more, "the marker never came")
    c.close()
    return got[:-1]


def idempotence(bootstrap):
    name = f"cc-idem-{RUN}"
    topic(bootstrap, name)
    sender = Sender(bootstrap, **{"enable.idempotence": True, "max.in.flight.requests.per.connection": 5,
                                  "batch.num.messages": 7})
    for i in range(3000):
        sender.send(name, b"%d" % i)
    sender.flush()
    expect("errors", sender.errors, [])
    expect("records", read(bootstrap, name), [b"%d" % i for i in range(3000)])


def transactions(bootstrap):
    name, group = f"cc-txn-{RUN}", f"cc-txn-group-{RUN}"
    admin = topic(bootstrap, name)
    sender = Sender(bootstrap, **{"transactional.id": f"cc-{RUN}"})
    sender.producer.init_transactions(WAIT)
    c = consumer(bootstrap, group)
    for text, commits in ((b"a", True), (b"b", False), (b"c", True)):
        sender.producer.begin_transaction()
        sender.send(name, text)
        offsets = [TopicPartition(name, 0, 7 if commits else 9)]
        sender.producer.send_offsets_to_transaction(offsets, c.consumer_group_metadata(), WAIT)
        (sender.producer.commit_transaction if commits else sender.producer.abort_transaction)(WAIT)
    expect("committed", read(bootstrap, name), [b"a", b"c"])
    expect("position", only(admin.list_consumer_group_offsets([ConsumerGroupTopicPartitions(group)])).topic_partitions[0]
           .offset, 7)
    c.close()


def fencing(bootstrap):
    name = f"cc-fence-{RUN}"
    topic(bootstrap, name)
    old, new = (Sender(bootstrap, **{"transactional.id": f"cc-fence-{RUN}"}) for _ in range(2))
    old.producer.init_transactions(WAIT)
    old.producer.begin_transaction()
    old.send(name, b"of the old one")
    new.producer.init_transactions(WAIT)
    error = refused(lambda: old.producer.commit_transaction(WAIT), KafkaException)
    expect("fatal", error.args[0].fatal(), True)
    new.producer.begin_transaction()
    new.send(name, b"of the new one")
    new.producer.commit_transaction(WAIT)
    expect("committed", read(bootstrap, name), [b"of the new one"])


class Member(threading.Thread):
    """A consumer of a group that runs until it is told to leave."""

    def __init__(self, bootstrap, group, name, seen, **config):
        super().__init__(daemon=True)
        self.owned, self.rebalances, self.taken, self.leaving = [], 0, [], threading.Event()
        self.c = consumer(bootstrap, group, **config)
        self.seen = seen

        def assigned(_, parts):
            self.rebalances += 1
            self.taken.append([p.partition for p in parts])
        self.c.subscribe([name], on_assign=assigned, on_revoke=lambda _, parts: None)
        self.start()

    def run(self):
        while not self.leaving.is_set():
            message = self.c.poll(0.1)
            if message is not None and message.error() is None:
                self.seen.append(message.value())
            self.owned = sorted(p.partition for p in self.c.assignment())
        self.owned = []
        self.c.close()

    def leave(self):
        self.leaving.set()
        self.join(WAIT)


def share_out(members, partitions):
    def settled():
        return all(m.owned for m in members) and sorted(p for m in members for p in m.owned) == list(range(partitions))
    until(settled, lambda: f"never settled: {[m.owned for m in members]}")


def static(bootstrap):
    name, group = f"cc-static-{RUN}", f"cc-static-group-{RUN}"
    topic(bootstrap, name, 4)
    first = Member(bootstrap, group, name, [], **{"group.instance.id": "one", "session.timeout.ms": 30000})
    second = Member(bootstrap, group, name, [], **{"group.instance.id": "two", "session.timeout.ms": 30000})
    share_out([first, second], 4)
    kept, before = second.owned, first.rebalances
    second.leave()
    back = Member(bootstrap, group, name, [], **{"group.instance.id": "two", "session.timeout.ms": 30000})
    share_out([first, back], 4)
    expect("the same partitions", back.owned, kept)
    expect("rebalances of the other", first.rebalances, before)
    first.leave()
    back.leave()


def churn(bootstrap, label, **config):
    name, group = f"cc-{label}-{RUN}", f"cc-{label}-group-{RUN}"
    topic(bootstrap, name, 6)
    seen, sender, sent = [], Sender(bootstrap), 0

    def batch():
        nonlocal sent
        for i in range(300):
            sender.send(name, b"%d" % (sent + i), i % 6)
        sent += 300
        sender.flush()
    members = [Member(bootstrap, group, name, seen, **config) for _ in range(2)]
    share_out(members, 6)
    for _ in range(3):
        batch()
        members.append(Member(bootstrap, group, name, seen, **config))
        share_out(members, 6)
        batch()
        members.pop(0).leave()
        share_out(members, 6)
    until(lambda: len(set(seen)) == sent, lambda: f"{len(set(seen))} of {sent} seen")
    for member in members:
        member.leave()
    return members


def cooperative(bootstrap):
    churn(bootstrap, "coop", **{"partition.assignment.strategy": "cooperative-sticky"})


def kip848(bootstrap):
    churn(bootstrap, "kip848", **{"group.protocol": "consumer"})


def share(bootstrap):
    name, group = f"cc-share-{RUN}", f"cc-share-group-{RUN}"
    admin = topic(bootstrap, name)
    resource = ConfigResource(ResourceType.GROUP, group, incremental_configs=[
        ConfigEntry("share.auto.offset.reset", "earliest", incremental_operation=AlterConfigOpType.SET)])
    only(admin.incremental_alter_configs([resource]))
    sender = Sender(bootstrap)
    for i in range(30):
        sender.send(name, b"%d" % i)
    sender.flush()
    settings = {"bootstrap.servers": bootstrap, "group.id": group, "share.acknowledgement.mode": "explicit",
                "log_level": 0}
    c = ShareConsumer(settings)
    c.subscribe([name])
    done, again = [], []

    def work():
        for message in c.poll(0.5):
            if message.error() is not None:
                continue
            value = int(message.value())
            if value % 3 == 0 and value not in again:
                again.append(value)
                c.acknowledge(message, AcknowledgeType.RELEASE)
            else:
                done.append(value)
                c.acknowledge(message, AcknowledgeType.REJECT if value == 29 else AcknowledgeType.ACCEPT)
        c.commit_sync()
        return len(done) == 30
    until(work, lambda: f"{sorted(done)}")
    c.close()
    expect("each once", sorted(done), list(range(30)))
    expect("released", sorted(again), list(range(0, 30, 3)))


def admin_topics(bootstrap):
    name = f"cc-admin-{RUN}"
    a = topic(bootstrap, name, 2)
    refused(lambda: topic(bootstrap, name), KafkaException)
    only(a.create_partitions([NewPartitions(name, 5)]))
    until(lambda: len(a.list_topics(name, WAIT).topics[name].partitions) == 5, "never grew")
    sender = Sender(bootstrap)
    for i in range(10):
        sender.send(name, b"%d" % i)
    sender.flush()
    expect("low", only(a.delete_records([TopicPartition(name, 0, 4)])).low_watermark, 4)
    found = a.list_offsets({TopicPartition(name, 0): OffsetSpec.earliest()},
                           isolation_level=IsolationLevel.READ_COMMITTED)
    expect("earliest", only(found).offset, 4)
    only(a.delete_topics([name]))
    until(lambda: name not in a.list_topics(timeout=WAIT).topics, "never went")


def admin_configs(bootstrap):
    name = f"cc-configs-{RUN}"
    a = topic(bootstrap, name, 1, **{"retention.ms": "123456"})
    resource = ConfigResource(ResourceType.TOPIC, name)
    config = only(a.describe_configs([resource]))
    entry = config["retention.ms"]
    expect("value", entry.value, "123456")
    expect("source", entry.source, ConfigSource.DYNAMIC_TOPIC_CONFIG.value)
    expect("synonyms", {n: (s.value, s.source) for n, s in entry.synonyms.items()},
           {"retention.ms": ("123456", ConfigSource.DYNAMIC_TOPIC_CONFIG.value),
            "log.retention.hours": ("168", ConfigSource.DEFAULT_CONFIG.value)}
           if "log.retention.hours" in entry.synonyms else {"retention.ms": ("123456", 1)})
    expect("default", config["segment.bytes"].source, ConfigSource.DEFAULT_CONFIG.value)
    for operation, value, wanted in ((AlterConfigOpType.SET, "compact", "compact"),
                                     (AlterConfigOpType.APPEND, "delete", "compact,delete"),
                                     (AlterConfigOpType.SUBTRACT, "compact", "delete"),
                                     (AlterConfigOpType.DELETE, None, "delete")):
        change = ConfigResource(ResourceType.TOPIC, name, incremental_configs=[
            ConfigEntry("cleanup.policy", value, incremental_operation=operation)])
        only(a.incremental_alter_configs([change]))
        expect(str(operation), only(a.describe_configs([resource]))["cleanup.policy"].value, wanted)
    bad = ConfigResource(ResourceType.TOPIC, name, incremental_configs=[
        ConfigEntry("no.such.key", "1", incremental_operation=AlterConfigOpType.SET)])
    refused(lambda: only(a.incremental_alter_configs([bad])), KafkaException)


def admin_groups(bootstrap):
    name, group = f"cc-groups-{RUN}", f"cc-groups-group-{RUN}"
    a = topic(bootstrap, name, 2)
    member = Member(bootstrap, group, name, [], **{"client.id": "mine"})
    share_out([member], 2)
    described = only(a.describe_consumer_groups([group]))
    expect("state", described.state.name, "STABLE")
    expect("members", [m.client_id for m in described.members], ["mine"])
    expect("assigned", len(described.members[0].assignment.topic_partitions), 2)
    refused(lambda: only(a.delete_consumer_groups([group])), KafkaException)
    member.leave()
    until(lambda: only(a.describe_consumer_groups([group])).state.name in ("EMPTY", "DEAD"), "never empty")
    consumer(bootstrap, group).commit(offsets=[TopicPartition(name, 0, 0)], asynchronous=False)
    expect("listed", group in {g.group_id for g in a.list_consumer_groups().result(WAIT).valid}, True)
    only(a.delete_consumer_groups([group]))
    expect("gone", group in {g.group_id for g in a.list_consumer_groups().result(WAIT).valid}, False)


def admin_offsets(bootstrap):
    name, group = f"cc-offsets-{RUN}", f"cc-offsets-group-{RUN}"
    a = topic(bootstrap, name, 2)
    wanted = [TopicPartition(name, p, 5 + p, metadata=f"note {p}") for p in range(2)]
    only(a.alter_consumer_group_offsets([ConsumerGroupTopicPartitions(group, wanted)]))
    got = only(a.list_consumer_group_offsets([ConsumerGroupTopicPartitions(group)])).topic_partitions
    expect("offsets", sorted((p.partition, p.offset, p.metadata) for p in got), [(0, 5, "note 0"), (1, 6, "note 1")])


def admin_acls(bootstrap):
    name = f"cc-acl-{RUN}"
    a = AdminClient({"bootstrap.servers": bootstrap})
    rules = [AclBinding(ResourceType.TOPIC, name, pattern, "User:zoe", "*", operation, permission)
             for pattern, operation, permission in (
                 (ResourcePatternType.LITERAL, AclOperation.READ, AclPermissionType.ALLOW),
                 (ResourcePatternType.PREFIXED, AclOperation.WRITE, AclPermissionType.DENY))]
    for future in a.create_acls(rules).values():
        future.result(WAIT)
    every = AclBindingFilter(ResourceType.TOPIC, name, ResourcePatternType.ANY, None, None, AclOperation.ANY,
                             AclPermissionType.ANY)
    expect("described", set(a.describe_acls(every).result(WAIT)), set(rules))
    expect("deleted", set(only(a.delete_acls([every]))), set(rules))
    expect("left", a.describe_acls(every).result(WAIT), [])


def admin_scram(bootstrap):
    user, a = f"cc-{RUN}", AdminClient({"bootstrap.servers": bootstrap})
    only(a.alter_user_scram_credentials([UserScramCredentialUpsertion(
        user, ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 8192), b"secret")]))
    found = only(a.describe_user_scram_credentials([user])).scram_credential_infos
    expect("described", [(i.mechanism, i.iterations) for i in found], [(ScramMechanism.SCRAM_SHA_512, 8192)])
    only(a.alter_user_scram_credentials([UserScramCredentialDeletion(user, ScramMechanism.SCRAM_SHA_512)]))
    refused(lambda: only(a.describe_user_scram_credentials([user])), KafkaException)


def round_trip(bootstrap, name, **security):
    admin = AdminClient({"bootstrap.servers": bootstrap, "log_level": 0, **security})
    only(admin.create_topics([NewTopic(name, 1, 1)]))
    sender = Sender(bootstrap, **security)
    sender.send(name, b"hello")
    sender.flush()
    expect("read", read(bootstrap, name, **security), [b"hello"])


def sasl(_):
    address, ca = os.environ["WEIR_SASL_SSL"], {"security.protocol": "SASL_SSL", "ssl.ca.location": os.environ["WEIR_CA"]}
    for mechanism, password in (("PLAIN", os.environ["WEIR_PASSWORD"]),
                                ("SCRAM-SHA-256", os.environ["WEIR_SCRAM_PASSWORD"]),
                                ("SCRAM-SHA-512", os.environ["WEIR_SCRAM_PASSWORD"])):
        login = {**ca, "sasl.mechanism": mechanism, "sasl.username": os.environ["WEIR_USER"]}
        round_trip(address, f"cc-{mechanism}-{RUN}", **login, **{"sasl.password": password})
        said = []
        wrong = AdminClient({"bootstrap.servers": address, "log_level": 0, **login, "sasl.password": "wrong",
                             "error_cb": lambda e: said.append(e.name())})
        until(lambda: wrong.poll(0.1) is not None and "_AUTHENTICATION" in said, "the wrong password was not refused")


def tls(_):
    ca = {"security.protocol": "SSL", "ssl.ca.location": os.environ["WEIR_CA"]}
    round_trip(os.environ["WEIR_SSL"], f"cc-tls-{RUN}", **ca,
               **{"ssl.certificate.location": os.environ["WEIR_CERT"], "ssl.key.location": os.environ["WEIR_KEY"]})
    said = []
    without = AdminClient({"bootstrap.servers": os.environ["WEIR_SSL"], "log_level": 0, **ca,
                           "error_cb": lambda e: said.append(e.name())})
    until(lambda: without.poll(0.1) is not None and bool({"_SSL", "_TRANSPORT"} & set(said)), "served without a certificate")


def restart(bootstrap):
    name = f"cc-restart-{RUN}"
    topic(bootstrap, name)
    sender = Sender(bootstrap, **{"enable.idempotence": True, "linger.ms": 1})
    seen = []
    member = Member(bootstrap, f"{name}-group", name, seen)
    share_out([member], 1)
    for i in range(1000):
        sender.send(name, b"%d" % i)
    until(lambda: sender.producer.poll(0.1) is not None and len(sender.acknowledged) > 0, "nothing acknowledged")
    restart_broker()
    for i in range(1000, 2000):
        sender.send(name, b"%d" % i)
    sender.flush()
    expect("errors", sender.errors, [])
    everything = [b"%d" % i for i in range(2000)]
    expect("log", read(bootstrap, name), everything)
    until(lambda: set(everything) <= set(seen), "the consumer did not get on")
    member.leave()


run_matrix([("idempotence", idempotence), ("transactions", transactions), ("fencing", fencing), ("static", static),
            ("cooperative", cooperative), ("kip848", kip848), ("share", share), ("admin-topics", admin_topics),
            ("admin-configs", admin_configs), ("admin-groups", admin_groups), ("admin-offsets", admin_offsets),
            ("admin-acls", admin_acls), ("admin-scram", admin_scram), ("sasl", sasl), ("tls", tls),
            ("restart", restart)])
