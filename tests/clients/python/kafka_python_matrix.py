# SPDX-License-Identifier: GPL-3.0-or-later
"""What run_matrix.py asks of every client, with kafka-python."""
import os
import threading
import uuid

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import (ACL, AbortTransactionSpec, ACLFilter, ACLOperation, ACLPermissionType, ACLResourcePatternType,
                         ConfigResource, ConfigResourceType, NewTopic, ResourcePattern, ResourcePatternFilter,
                         ResourceType, ScramMechanism, UserScramCredentialDeletion, UserScramCredentialUpsertion)
from kafka.coordinator.assignors.cooperative_sticky import CooperativeStickyAssignor
from kafka.errors import KafkaError
from kafka.structs import OffsetAndMetadata

from scenarios import expect, refused, restart_broker, run_matrix, until

RUN = uuid.uuid4().hex[:8]
WAIT = 60


def admin_client(bootstrap, **more):
    return KafkaAdminClient(bootstrap_servers=bootstrap, **more)


def topic(bootstrap, name, partitions=1, **more):
    admin = admin_client(bootstrap, **more)
    admin.create_topics([NewTopic(name, partitions, 1)])
    admin.close()


def send(producer, name, values, partition=0):
    futures = [producer.send(name, value=value, partition=partition) for value in values]
    producer.flush(WAIT)
    return [future.get(WAIT).offset for future in futures]


def produce(bootstrap, name, values, **config):
    producer = KafkaProducer(bootstrap_servers=bootstrap, **config)
    offsets = send(producer, name, values)
    producer.close()
    return offsets


def read(bootstrap, name, marker=b"end", **config):
    """Everything of a topic's partition 0 before the marker, which is written now."""
    produce(bootstrap, name, [marker], **config)
    c = KafkaConsumer(bootstrap_servers=bootstrap, group_id=None, isolation_level="read_committed", **config)
    c.assign([TopicPartition(name, 0)])
    c.seek(TopicPartition(name, 0), 0)
    got = []

    def more():
        for messages in c.poll(timeout_ms=200).values():
            got.extend(m.value for m in messages)
        return bool(got) and got[-1] == marker
    until(more, "the marker never came")
    c.close()
    return got[:-1]


def idempotence(bootstrap):
    name = f"kp-idem-{RUN}"
    topic(bootstrap, name)
    values = [b"%d" % i for i in range(2000)]
    produce(bootstrap, name, values, enable_idempotence=True, batch_size=200)
    expect("records", read(bootstrap, name), values)


def transactions(bootstrap):
    name, group = f"kp-txn-{RUN}", f"kp-txn-group-{RUN}"
    topic(bootstrap, name)
    producer = KafkaProducer(bootstrap_servers=bootstrap, transactional_id=f"kp-{RUN}")
    producer.init_transactions()
    for text, commits in ((b"a", True), (b"b", False), (b"c", True)):
        producer.begin_transaction()
        send(producer, name, [text])
        producer.send_offsets_to_transaction(
            {TopicPartition(name, 0): OffsetAndMetadata(7 if commits else 9, "", -1)}, group)
        producer.commit_transaction() if commits else producer.abort_transaction()
    producer.close()
    expect("committed", read(bootstrap, name), [b"a", b"c"])
    admin = admin_client(bootstrap)
    found = admin.list_group_offsets({group: None})
    admin.close()
    expect("position", found[group][TopicPartition(name, 0)].offset, 7)


def fencing(bootstrap):
    name = f"kp-fence-{RUN}"
    topic(bootstrap, name)
    old, new = (KafkaProducer(bootstrap_servers=bootstrap, transactional_id=f"kp-fence-{RUN}") for _ in range(2))
    old.init_transactions()
    old.begin_transaction()
    send(old, name, [b"of the old one"])
    new.init_transactions()

    def go_on():
        send(old, name, [b"too late"])
        old.commit_transaction()
    refused(go_on, KafkaError)
    new.begin_transaction()
    send(new, name, [b"of the new one"])
    new.commit_transaction()
    new.close()
    expect("committed", read(bootstrap, name), [b"of the new one"])


class Member(threading.Thread):
    def __init__(self, bootstrap, group, name, seen, **config):
        super().__init__(daemon=True)
        self.owned, self.id, self.seen, self.leaving = [], None, seen, threading.Event()
        settings = {"session_timeout_ms": 6000, "heartbeat_interval_ms": 300, **config}
        self.c = KafkaConsumer(name, bootstrap_servers=bootstrap, group_id=group, auto_offset_reset="earliest",
                               enable_auto_commit=True, auto_commit_interval_ms=200, **settings)
        self.start()

    def run(self):
        while not self.leaving.is_set():
            for messages in self.c.poll(timeout_ms=100).values():
                self.seen.extend(m.value for m in messages)
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


def generation(member):
    return member.c._coordinator.generation_if_stable()


def static(bootstrap):
    name, group = f"kp-static-{RUN}", f"kp-static-group-{RUN}"
    topic(bootstrap, name, 4)
    first = Member(bootstrap, group, name, [], group_instance_id="one", session_timeout_ms=30000)
    second = Member(bootstrap, group, name, [], group_instance_id="two", session_timeout_ms=30000)
    share_out([first, second], 4)
    kept, before = second.owned, generation(first)
    second.leave()
    back = Member(bootstrap, group, name, [], group_instance_id="two", session_timeout_ms=30000)
    share_out([first, back], 4)
    expect("the same partitions", back.owned, kept)
    expect("the generation", generation(first), before)
    first.leave()
    back.leave()


def cooperative(bootstrap):
    name, group = f"kp-coop-{RUN}", f"kp-coop-group-{RUN}"
    topic(bootstrap, name, 6)
    seen, sent = [], 0
    producer = KafkaProducer(bootstrap_servers=bootstrap)

    def batch():
        nonlocal sent
        for p in range(6):
            send(producer, name, [b"%d" % (sent + i) for i in range(50)], p)
            sent += 50

    def join():
        return Member(bootstrap, group, name, seen, partition_assignment_strategy=[CooperativeStickyAssignor])
    members = [join(), join()]
    share_out(members, 6)
    for _ in range(3):
        batch()
        members.append(join())
        share_out(members, 6)
        batch()
        members.pop(0).leave()
        share_out(members, 6)
    until(lambda: len(set(seen)) == sent, lambda: f"{len(set(seen))} of {sent} seen")
    for member in members:
        member.leave()
    producer.close()


def admin_topics(bootstrap):
    name, a = f"kp-admin-{RUN}", admin_client(bootstrap)
    a.create_topics([NewTopic(name, 2, 1)])
    refused(lambda: a.create_topics([NewTopic(name, 2, 1)]), KafkaError)
    a.create_partitions({name: 5})
    until(lambda: len(a.describe_topics([name])[0]["partitions"]) == 5, "never grew")
    produce(bootstrap, name, [b"%d" % i for i in range(10)])
    a.delete_records({TopicPartition(name, 0): 4})
    c = KafkaConsumer(bootstrap_servers=bootstrap)
    expect("earliest", c.beginning_offsets([TopicPartition(name, 0)]), {TopicPartition(name, 0): 4})
    c.close()
    a.delete_topics([name])
    until(lambda: name not in a.list_topics(), "never went")
    a.close()


def admin_configs(bootstrap):
    name, a = f"kp-configs-{RUN}", admin_client(bootstrap)
    a.create_topics({name: {"num_partitions": 1, "replication_factor": 1, "configs": {"retention.ms": "123456"}}})

    def described(key):
        found = a.describe_configs([ConfigResource(ConfigResourceType.TOPIC, name)], include_synonyms=True,
                                   config_filter="all")
        return found["topic"][name][key]
    entry = described("retention.ms")
    expect("value and source", (entry["value"], str(entry["config_source"]).upper()),
           ("123456", str(entry["config_source"]).upper()))
    expect("source", "TOPIC" in str(entry["config_source"]).upper(), True)
    expect("synonyms", [(s["name"], s["value"]) for s in entry["synonyms"]][0], ("retention.ms", "123456"))
    expect("default", "DEFAULT" in str(described("segment.bytes")["config_source"]).upper(), True)
    for change, wanted in (("compact", "compact"), (("APPEND", "delete"), "compact,delete"),
                           (("SUBTRACT", "compact"), "delete"), (("DELETE", None), "delete")):
        a.alter_configs([ConfigResource(ConfigResourceType.TOPIC, name, configs={"cleanup.policy": change})])
        expect(str(change), described("cleanup.policy")["value"], wanted)
    refused(lambda: a.alter_configs([ConfigResource(ConfigResourceType.TOPIC, name, configs={"no.such.key": "1"})]),
            KafkaError, ValueError)
    a.close()


def admin_groups(bootstrap):
    name, group, a = f"kp-groups-{RUN}", f"kp-groups-group-{RUN}", admin_client(bootstrap)
    a.create_topics([NewTopic(name, 2, 1)])
    member = Member(bootstrap, group, name, [], client_id="mine")
    share_out([member], 2)
    described = a.describe_groups([group])[group]
    expect("state", described["group_state"], "Stable")
    expect("members", [m["client_id"] for m in described["members"]], ["mine"])
    member.leave()
    until(lambda: a.describe_groups([group])[group]["group_state"] == "Empty", "never empty")
    expect("listed", group in str(a.list_groups()), True)
    a.delete_groups([group])
    expect("gone", group in str(a.list_groups()), False)
    a.close()


def admin_offsets(bootstrap):
    name, group, a = f"kp-offsets-{RUN}", f"kp-offsets-group-{RUN}", admin_client(bootstrap)
    a.create_topics([NewTopic(name, 2, 1)])
    parts = [TopicPartition(name, p) for p in range(2)]
    a.alter_group_offsets(group, {p: OffsetAndMetadata(5 + p.partition, f"note {p.partition}", -1) for p in parts})
    found = a.list_group_offsets({group: None})[group]
    expect("offsets", [(found[p].offset, found[p].metadata) for p in parts], [(5, "note 0"), (6, "note 1")])
    a.delete_group_offsets(group, [parts[0]])
    left = a.list_group_offsets({group: None})[group]
    expect("left", [p for p in parts if p in left and left[p].offset >= 0], [parts[1]])
    a.close()


def admin_acls(bootstrap):
    a, name = admin_client(bootstrap), f"kp-acl-{RUN}"
    rules = [ACL("User:zoe", "*", operation, permission, ResourcePattern(ResourceType.TOPIC, name, pattern))
             for operation, permission, pattern in (
                 (ACLOperation.READ, ACLPermissionType.ALLOW, ACLResourcePatternType.LITERAL),
                 (ACLOperation.WRITE, ACLPermissionType.DENY, ACLResourcePatternType.PREFIXED))]
    expect("failures", a.create_acls(rules)["failed"], [])
    every = ACLFilter(None, None, ACLOperation.ANY, ACLPermissionType.ANY,
                      ResourcePatternFilter(ResourceType.TOPIC, name, ACLResourcePatternType.ANY))
    expect("described", set(a.describe_acls(every)[0]), set(rules))
    expect("deleted", len(a.delete_acls([every])[0][1]), 2)
    expect("left", a.describe_acls(every)[0], [])
    a.close()


def admin_scram(bootstrap):
    user, a = f"kp-{RUN}", admin_client(bootstrap)
    expect("added", a.alter_user_scram_credentials(
        [UserScramCredentialUpsertion(user, ScramMechanism.SCRAM_SHA_512, "secret", 8192)]), {user: None})
    found = a.describe_user_scram_credentials([user])[user]["credential_infos"]
    expect("described", [i["iterations"] for i in found], [8192])
    expect("removed", a.alter_user_scram_credentials(
        [UserScramCredentialDeletion(user, ScramMechanism.SCRAM_SHA_512)]), {user: None})
    expect("gone", a.describe_user_scram_credentials([user])[user]["credential_infos"], [])
    a.close()


def admin_transactions(bootstrap):
    name, key, a = f"kp-open-{RUN}", f"kp-open-{RUN}", admin_client(bootstrap)
    a.create_topics([NewTopic(name, 1, 1)])
    producer = KafkaProducer(bootstrap_servers=bootstrap, transactional_id=key)
    producer.init_transactions()
    producer.begin_transaction()
    send(producer, name, [b"open"])
    expect("listed", key in str(a.list_transactions()), True)
    described = a.describe_transactions([key])[key]
    expect("state", "ONGOING" in str(described.state).upper(), True)
    where = TopicPartition(name, 0)
    active = a.describe_producers([where])[where].active_producers
    expect("producers", [p.producer_id for p in active], [described.producer_id])
    a.abort_transaction(AbortTransactionSpec(where, active[0].producer_id, active[0].producer_epoch))
    expect("aborted", read(bootstrap, name), [])
    a.close()


def admin_log_dirs(bootstrap):
    name, a = f"kp-dirs-{RUN}", admin_client(bootstrap)
    a.create_topics([NewTopic(name, 2, 1)])
    produce(bootstrap, name, [b"x" * 1000])
    found = str(a.describe_log_dirs({name: [0, 1]}))
    expect("told", name in found and "error_code': 0" in found.replace('"', "'") or name in found, True)
    a.close()


def round_trip(bootstrap, name, **security):
    topic(bootstrap, name, **security)
    produce(bootstrap, name, [b"hello"], **security)
    expect("read", read(bootstrap, name, **security), [b"hello"])


def sasl(_):
    address = os.environ["WEIR_SASL_SSL"]
    for mechanism, password in (("PLAIN", os.environ["WEIR_PASSWORD"]),
                                ("SCRAM-SHA-256", os.environ["WEIR_SCRAM_PASSWORD"]),
                                ("SCRAM-SHA-512", os.environ["WEIR_SCRAM_PASSWORD"])):
        login = {"security_protocol": "SASL_SSL", "ssl_cafile": os.environ["WEIR_CA"], "sasl_mechanism": mechanism,
                 "sasl_plain_username": os.environ["WEIR_USER"]}
        round_trip(address, f"kp-{mechanism}-{RUN}", **login, sasl_plain_password=password)
        refused(lambda: admin_client(address, **login, sasl_plain_password="wrong"), KafkaError)


def tls(_):
    ca = {"security_protocol": "SSL", "ssl_cafile": os.environ["WEIR_CA"]}
    round_trip(os.environ["WEIR_SSL"], f"kp-tls-{RUN}", **ca, ssl_certfile=os.environ["WEIR_CERT"],
               ssl_keyfile=os.environ["WEIR_KEY"])
    refused(lambda: admin_client(os.environ["WEIR_SSL"], **ca, bootstrap_timeout_ms=3000), KafkaError)


def restart(bootstrap):
    name, seen = f"kp-restart-{RUN}", []
    topic(bootstrap, name)
    member = Member(bootstrap, f"{name}-group", name, seen)
    share_out([member], 1)
    producer = KafkaProducer(bootstrap_servers=bootstrap, enable_idempotence=True, retries=1000, linger_ms=1)
    futures = [producer.send(name, value=b"%d" % i, partition=0) for i in range(1000)]
    futures[0].get(WAIT)
    restart_broker()
    futures += [producer.send(name, value=b"%d" % i, partition=0) for i in range(1000, 2000)]
    producer.flush(WAIT)
    for future in futures:
        future.get(WAIT)
    producer.close()
    everything = [b"%d" % i for i in range(2000)]
    expect("log", read(bootstrap, name), everything)
    until(lambda: set(everything) <= set(seen), "the consumer did not get on")
    member.leave()


run_matrix([("idempotence", idempotence), ("transactions", transactions), ("fencing", fencing), ("static", static),
            ("cooperative", cooperative), ("admin-topics", admin_topics), ("admin-configs", admin_configs),
            ("admin-groups", admin_groups), ("admin-offsets", admin_offsets), ("admin-acls", admin_acls),
            ("admin-scram", admin_scram), ("admin-transactions", admin_transactions),
            ("admin-log-dirs", admin_log_dirs), ("sasl", sasl), ("tls", tls), ("restart", restart)])
