# SPDX-License-Identifier: GPL-3.0-or-later
"""Confluent's own deserializers read what was published from JSON by a subject's schema."""
from decimal import Decimal

from confluent_kafka.schema_registry.avro import AvroDeserializer
from confluent_kafka.schema_registry.json_schema import JSONDeserializer

from confluent_schemas_scenarios import consume, id_in, registry, value_of
from scenarios import expect, run


def avro(bootstrap):
    value = consume(bootstrap, "published-avro", 1)[0]
    read = AvroDeserializer(registry())(value, value_of("published-avro"))
    expect("value", read, {"id": 4711, "note": "grün", "tags": ["a", "b"], "state": "PAID", "price": Decimal("-12.34")})


def json_schema(bootstrap):
    value = consume(bootstrap, "published-json", 1)[0]
    schema = registry().get_schema(id_in(value))
    expect("value", JSONDeserializer(schema.schema_str)(value, value_of("published-json")),
           {"id": 4711, "note": "grün"})


def protobuf(bootstrap):
    value = consume(bootstrap, "published-proto", 1)[0]
    id_in(value)
    # The first message of its file, then its two fields as Protobuf writes them.
    expect("payload", value[5:], b"\x00\x08\xe7\x24\x12\x05gr\xc3\xbcn")


run({"main": [("published-avro", avro), ("published-json", json_schema), ("published-protobuf", protobuf)],
     "restarted": []})
