# SPDX-License-Identifier: GPL-3.0-or-later
"""confluent-kafka against a broker with security; the settings come from run_security.py as JSON."""
import json
import sys
import time

from confluent_kafka import Consumer, KafkaError, KafkaException, Producer
from confluent_kafka.admin import (AclBinding, AclBindingFilter, AclOperation, AclPermissionType, AdminClient,
                                   NewTopic, ResourcePatternType, ResourceType, ScramCredentialInfo, ScramMechanism,
                                   UserScramCredentialUpsertion)

SETUP = json.load(open(sys.argv[1]))
ADDRESS = SETUP["addresses"]


def config(protocol, mechanism=None, user=None, password=None, **more):
    made = {"bootstrap.servers": ADDRESS[protocol], "security.protocol": protocol, "log_level": 0, **more}
    if "SSL" in protocol:
        made["ssl.ca.location"] = SETUP["ca"]
    if mechanism:
        made.update({"sasl.mechanism": mechanism, "sasl.username": user, "sasl.password": password})
    return made


def mutual():
    return config("SSL", **{"ssl.certificate.location": SETUP["client_crt"], "ssl.key.location": SETUP["client_key"]})


def bearer(token, expires):
    made = config("SASL_PLAINTEXT", "OAUTHBEARER", "", "")
    del made["sasl.username"], made["sasl.password"]
    return {**made, "oauth_cb": lambda _: (token, expires)}


def produce(settings, topic, count=20, **more):
    outcomes = []
    producer = Producer({**settings, "message.timeout.ms": 8000, **more})
    for i in range(count):
        producer.produce(topic, b"x%d" % i, callback=lambda error, _: outcomes.append(error))
    producer.flush(12)
    wrong = [e for e in outcomes if e is not None]
    if wrong or len(outcomes) != count:
        raise KafkaException(wrong[0] if wrong else KafkaError(KafkaError._TIMED_OUT))


def consume(settings, topic, group, count=20):
    consumer = Consumer({**settings, "group.id": group, "auto.offset.reset": "earliest"})
    consumer.subscribe([topic])
    got, end = 0, time.time() + 20
    while got < count and time.time() < end:
        message = consumer.poll(0.5)
        if message is not None and message.error():
            consumer.close()
            raise KafkaException(message.error())
        got += message is not None
    consumer.close()
    assert got >= count, f"{got} of {count}"


def refused_login(settings):
    reasons = []
    client = AdminClient({**settings, "error_cb": lambda e: reasons.append(e)})
    try:
        client.list_topics(timeout=4)
    except KafkaException:
        pass
    else:
        raise AssertionError("the login was accepted")
    client.poll(0.5)
    return " ".join(f"{e.name()} {e.str()}" for e in reasons)


ADMIN = AdminClient(config("PLAINTEXT"))


def allow(principal, operation, name="secured", kind=ResourceType.TOPIC, pattern=ResourcePatternType.LITERAL,
          permission=AclPermissionType.ALLOW):
    binding = AclBinding(kind, name, pattern, principal, "*", operation, permission)
    for future in ADMIN.create_acls([binding]).values():
        future.result(10)
    return binding


def topic():
    ADMIN.create_topics([NewTopic("secured", 2, 1)])["secured"].result(10)
    for who in ("cert-user", "alice", "scram", "carol"):
        allow(f"User:{who}", AclOperation.ALL)
        allow(f"User:{who}", AclOperation.READ, "g-", ResourceType.GROUP, ResourcePatternType.PREFIXED)


def mutual_tls():
    produce(mutual(), "secured")
    consume(mutual(), "secured", "g-tls")


def tls_needs_a_certificate():
    refused_login(config("SSL"))


def tls_wrong_ca():
    refused_login({**mutual(), "ssl.ca.location": SETUP["other_ca"]})


def plain():
    for protocol in ("SASL_PLAINTEXT", "SASL_SSL"):
        produce(config(protocol, "PLAIN", "alice", SETUP["password"]), "secured")
        consume(config(protocol, "PLAIN", "alice", SETUP["password"]), "secured", f"g-plain-{protocol}")


def plain_wrong_password():
    said = refused_login(config("SASL_PLAINTEXT", "PLAIN", "alice", "wrong"))
    assert "Invalid username or password" in said, said


def scram():
    for mechanism, kind in (("SCRAM-SHA-256", ScramMechanism.SCRAM_SHA_256),
                            ("SCRAM-SHA-512", ScramMechanism.SCRAM_SHA_512)):
        change = UserScramCredentialUpsertion("scram", ScramCredentialInfo(kind, 4096), SETUP["scram"].encode())
        ADMIN.alter_user_scram_credentials([change])["scram"].result(10)
        for protocol in ("SASL_PLAINTEXT", "SASL_SSL"):
            produce(config(protocol, mechanism, "scram", SETUP["scram"]), "secured")
    listed = ADMIN.describe_user_scram_credentials(["scram"])["scram"].result(10)
    assert len(listed.scram_credential_infos) == 2, listed
    wrong = refused_login(config("SASL_PLAINTEXT", "SCRAM-SHA-256", "scram", "wrong"))
    unknown = refused_login(config("SASL_PLAINTEXT", "SCRAM-SHA-256", "nobody", "wrong"))
    assert "invalid credentials" in wrong, wrong
    assert "invalid credentials" in unknown, unknown


def oauth():
    produce(bearer(*SETUP["token"]), "secured")
    for bad in ("expired", "wrong_audience", "wrong_issuer"):
        refused_login(bearer(SETUP[bad][0], time.time() + 600))


def again_and_again():
    """A session outlives connections.max.reauth.ms, by logging in again or by connecting again."""
    consumer = Consumer({**config("SASL_PLAINTEXT", "PLAIN", "alice", SETUP["password"]), "group.id": "g-long",
                         "auto.offset.reset": "latest"})
    consumer.subscribe(["secured"])
    end = time.time() + 8
    while time.time() < end:
        message = consumer.poll(0.5)
        assert message is None or not message.error(), message.error()
    consumer.close()


def denied():
    bob = config("SASL_PLAINTEXT", "PLAIN", "bob", SETUP["password"])
    assert "secured" not in AdminClient(bob).list_topics(timeout=8).topics
    for name in ("secured", "not-there"):
        try:
            produce(bob, name, 1)
        except KafkaException as why:
            assert why.args[0].code() == KafkaError.TOPIC_AUTHORIZATION_FAILED, why
        else:
            raise AssertionError(f"bob wrote to {name}")
    binding = allow("User:alice", AclOperation.WRITE, permission=AclPermissionType.DENY)
    try:
        produce(config("SASL_PLAINTEXT", "PLAIN", "alice", SETUP["password"]), "secured", 1)
    except KafkaException as why:
        assert why.args[0].code() == KafkaError.TOPIC_AUTHORIZATION_FAILED, why
    else:
        raise AssertionError("a denial did not win")
    exact = AclBindingFilter(binding.restype, binding.name, binding.resource_pattern_type, binding.principal,
                             binding.host, binding.operation, binding.permission_type)
    found = list(ADMIN.delete_acls([exact]).values())[0].result(10)
    assert len(found) == 1, found


def acl_round_trip():
    allow("User:carol", AclOperation.READ, "pre", pattern=ResourcePatternType.PREFIXED)
    every = AclBindingFilter(ResourceType.ANY, "prefix", ResourcePatternType.MATCH, None, None, AclOperation.ANY,
                             AclPermissionType.ANY)
    names = [each.name for each in ADMIN.describe_acls(every).result(10)]
    assert names == ["pre"], names


SCENARIOS = {f.__name__.replace("_", "-"): f for f in (
    topic, mutual_tls, tls_needs_a_certificate, tls_wrong_ca, plain, plain_wrong_password, scram, oauth, denied,
    acl_round_trip, again_and_again)}
for name, scenario in SCENARIOS.items():
    try:
        scenario()
        print(f"PASS {name}", flush=True)
    except Exception as why:  # every failure is a line of the table
        print(f"FAIL {name}: {type(why).__name__} {why}", flush=True)
