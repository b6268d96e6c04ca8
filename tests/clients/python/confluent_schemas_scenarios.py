# SPDX-License-Identifier: GPL-3.0-or-later
"""Confluent's own Python serializers against the broker and its schema registry (WEIR_SCHEMA_REGISTRY)."""
import json
import os
import struct

from confluent_kafka import Consumer, Producer
from confluent_kafka.admin import AdminClient, NewTopic
from confluent_kafka.schema_registry import Schema, SchemaReference, SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer, AvroSerializer
from confluent_kafka.schema_registry.error import SchemaRegistryError
from confluent_kafka.schema_registry.json_schema import JSONDeserializer, JSONSerializer
from confluent_kafka.schema_registry.protobuf import ProtobufDeserializer, ProtobufSerializer
from confluent_kafka.serialization import MessageField, SerializationContext
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

from scenarios import expect, run


def registry():
    # Retries would only hide a refusal that takes long.
    return SchemaRegistryClient({"url": os.environ["WEIR_SCHEMA_REGISTRY"], "max.retries": 0})


def topic(bootstrap, name):
    admin = AdminClient({"bootstrap.servers": bootstrap})
    admin.create_topics([NewTopic(name, 1)])[name].result(10)


def value_of(name):
    return SerializationContext(name, MessageField.VALUE)


def produce(bootstrap, name, values):
    producer = Producer({"bootstrap.servers": bootstrap})
    failures = []
    for value in values:
        producer.produce(name, key=b"k", value=value, on_delivery=lambda error, _: error and failures.append(error))
    expect("not delivered", producer.flush(15), 0)
    expect("failures", failures, [])


def consume(bootstrap, name, count):
    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": f"g-{name}", "auto.offset.reset": "earliest"})
    consumer.subscribe([name])
    values = []
    for _ in range(300):
        message = consumer.poll(0.1)
        if message is not None and message.error() is None:
            values.append(message.value())
        if len(values) == count:
            break
    consumer.close()
    expect("records", len(values), count)
    return values


def id_in(value):
    magic, schema_id = struct.unpack(">bI", value[:5])
    expect("magic byte", magic, 0)
    return schema_id


def refused(work):
    try:
        work()
    except SchemaRegistryError as error:
        expect("status of a refusal", error.http_status_code, 409)
        return
    raise AssertionError("an incompatible schema was taken")


def order(*fields):
    return json.dumps({"type": "record", "name": "Order", "namespace": "shop", "fields": list(fields)})


ID = {"name": "id", "type": "string"}
TOTAL = {"name": "total", "type": "double"}
CURRENCY = {"name": "currency", "type": "string", "default": "EUR"}


def avro(bootstrap):
    name, client = "cs-avro", registry()
    topic(bootstrap, name)
    first = AvroSerializer(client, order(ID, TOTAL))
    second = AvroSerializer(client, order(ID, TOTAL, CURRENCY))
    values = [first({"id": "a", "total": 1.5}, value_of(name)),
              second({"id": "b", "total": 2.5, "currency": "CHF"}, value_of(name))]
    produce(bootstrap, name, values)
    expect("versions", client.get_versions(f"{name}-value"), [1, 2])
    got = consume(bootstrap, name, 2)
    expect("ids", [id_in(v) for v in got], [client.get_version(f"{name}-value", n).schema_id for n in (1, 2)])
    # With the newer schema as reader the older record gets its default, with its own it has none.
    newer = AvroDeserializer(client, order(ID, TOTAL, CURRENCY))
    expect("as version 2", [newer(v, value_of(name)) for v in got],
           [{"id": "a", "total": 1.5, "currency": "EUR"}, {"id": "b", "total": 2.5, "currency": "CHF"}])
    expect("as written", AvroDeserializer(client)(got[0], value_of(name)), {"id": "a", "total": 1.5})
    third = AvroSerializer(client, order(ID, TOTAL, {"name": "paid", "type": "boolean"}))
    refused(lambda: third({"id": "c", "total": 1.0, "paid": True}, value_of(name)))
    expect("versions after", client.get_versions(f"{name}-value"), [1, 2])


def avro_reference(bootstrap):
    name, client = "cs-reference", registry()
    topic(bootstrap, name)
    item = json.dumps({"type": "record", "name": "Item", "namespace": "shop",
                       "fields": [{"name": "sku", "type": "string"}]})
    client.register_schema("cs-item", Schema(item, "AVRO"))
    basket = Schema(json.dumps({"type": "record", "name": "Basket", "namespace": "shop", "fields": [
        {"name": "items", "type": {"type": "array", "items": "shop.Item"}}]}), "AVRO",
        [SchemaReference("shop.Item", "cs-item", 1)])
    serializer = AvroSerializer(client, basket)
    written = {"items": [{"sku": "x"}, {"sku": "y"}]}
    produce(bootstrap, name, [serializer(written, value_of(name))])
    expect("basket", AvroDeserializer(client)(consume(bootstrap, name, 1)[0], value_of(name)), written)


def customer(closed, **more):
    return json.dumps({"$schema": "http://json-schema.org/draft-07/schema#", "title": "Customer", "type": "object",
                       "properties": {"id": {"type": "string"}, **more}, "required": ["id"],
                       **({"additionalProperties": False} if closed else {})})


def json_schema(bootstrap):
    name, client = "cs-json", registry()
    topic(bootstrap, name)
    first = JSONSerializer(customer(True), client)
    second = JSONSerializer(customer(True, vip={"type": "boolean"}), client)
    values = [first({"id": "a"}, value_of(name)), second({"id": "b", "vip": True}, value_of(name))]
    produce(bootstrap, name, values)
    reader = JSONDeserializer(customer(True, vip={"type": "boolean"}), schema_registry_client=client)
    expect("customers", [reader(v, value_of(name)) for v in consume(bootstrap, name, 2)],
           [{"id": "a"}, {"id": "b", "vip": True}])
    narrower = JSONSerializer(customer(True, vip={"type": "string"}), client)
    refused(lambda: narrower({"id": "c", "vip": "yes"}, value_of(name)))


def trade_class(file, *fields):
    """A message class without a compiler: (name, number, type) a field."""
    described = descriptor_pb2.FileDescriptorProto(name=file, package="stocks", syntax="proto3")
    message = described.message_type.add(name="Trade")
    for field, number, kind in fields:
        message.field.add(name=field, number=number, type=kind, json_name=field,
                          label=descriptor_pb2.FieldDescriptorProto.LABEL_OPTIONAL)
    pool = descriptor_pool.DescriptorPool()
    pool.Add(described)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("stocks.Trade"))


def protobuf(bootstrap):
    name, client = "cs-protobuf", registry()
    topic(bootstrap, name)
    text, real = descriptor_pb2.FieldDescriptorProto.TYPE_STRING, descriptor_pb2.FieldDescriptorProto.TYPE_DOUBLE
    older = trade_class("trade.proto", ("symbol", 1, text), ("price", 2, real))
    newer = trade_class("trade.proto", ("symbol", 1, text), ("price", 2, real), ("venue", 3, text))
    options = {"use.deprecated.format": False}
    values = [ProtobufSerializer(older, client, options)(older(symbol="A", price=1.5), value_of(name)),
              ProtobufSerializer(newer, client, options)(newer(symbol="B", price=2.5, venue="X"), value_of(name))]
    produce(bootstrap, name, values)
    reader = ProtobufDeserializer(newer, options, client)
    got = [reader(v, value_of(name)) for v in consume(bootstrap, name, 2)]
    expect("trades", [(t.symbol, t.price, t.venue) for t in got], [("A", 1.5, ""), ("B", 2.5, "X")])
    expect("versions", client.get_versions(f"{name}-value"), [1, 2])
    changed = trade_class("trade.proto", ("symbol", 1, text), ("price", 2, text))
    refused(lambda: ProtobufSerializer(changed, client, options)(changed(symbol="C", price="high"), value_of(name)))


def admin(_bootstrap):
    client, subject = registry(), "cs-admin-value"
    first = client.register_schema(subject, Schema('"int"', "AVRO"))
    expect("the same again", client.register_schema(subject, Schema('"int"', "AVRO")), first)
    expect("by id", client.get_schema(first).schema_str, '"int"')
    expect("looked up", client.lookup_schema(subject, Schema('"int"', "AVRO")).version, 1)
    expect("listed", subject in client.get_subjects(), True)
    expect("compatible", client.test_compatibility(subject, Schema('"long"', "AVRO")), True)
    expect("incompatible", client.test_compatibility(subject, Schema('"string"', "AVRO")), False)
    client.set_compatibility(subject_name=subject, level="FULL")
    expect("level", client.get_compatibility(subject), "FULL")
    expect("not both ways", client.test_compatibility(subject, Schema('"long"', "AVRO")), False)
    client.set_compatibility(subject_name=subject, level="NONE")
    second = client.register_schema(subject, Schema('"string"', "AVRO"))
    expect("versions", client.get_versions(subject), [1, 2])
    expect("latest", client.get_latest_version(subject).schema_id, second)
    client.delete_version(subject, 2)
    expect("after one deletion", client.get_versions(subject), [1])
    expect("deleted", client.delete_subject(subject), [1])
    expect("gone", subject in client.get_subjects(), False)


def kept(bootstrap):
    """After the broker's restart what was written is read with the schemas that it was written with."""
    client = registry()
    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": "g-kept", "auto.offset.reset": "earliest"})
    consumer.subscribe(["cs-avro"])
    got = []
    for _ in range(300):
        message = consumer.poll(0.1)
        if message is not None and message.error() is None:
            got.append(AvroDeserializer(client)(message.value(), value_of("cs-avro")))
        if len(got) == 2:
            break
    consumer.close()
    expect("orders", got, [{"id": "a", "total": 1.5}, {"id": "b", "total": 2.5, "currency": "CHF"}])
    expect("json versions", client.get_versions("cs-json-value"), [1, 2])
    expect("deleted stays deleted", "cs-admin-value" in client.get_subjects(), False)


if __name__ == "__main__":
    run({
        "main": [("schemas-avro", avro), ("schemas-avro-reference", avro_reference), ("schemas-json", json_schema),
                 ("schemas-protobuf", protobuf), ("schemas-admin", admin)],
        "restarted": [("schemas-kept", kept)],
    })
