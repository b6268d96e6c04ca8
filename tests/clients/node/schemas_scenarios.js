// SPDX-License-Identifier: GPL-3.0-or-later
// kafkajs with @kafkajs/confluent-schema-registry against the broker and its registry (WEIR_SCHEMA_REGISTRY).
const { Kafka, logLevel } = require('kafkajs')
const { SchemaRegistry, SchemaType, COMPATIBILITY } = require('@kafkajs/confluent-schema-registry')
const runPhases = require('./run_phases')

const [phase, bootstrap] = process.argv.slice(2)
const kafka = new Kafka({ clientId: 'schemas-scenarios', brokers: [bootstrap], logLevel: logLevel.NOTHING })
const makeRegistry = () => new SchemaRegistry({ host: process.env.WEIR_SCHEMA_REGISTRY, retry: { retries: 0 } })

function expect(what, got, wanted) {
  if (JSON.stringify(got) !== JSON.stringify(wanted)) {
    throw new Error(`${what}: got ${JSON.stringify(got)}, wanted ${JSON.stringify(wanted)}`)
  }
}

async function produce(topic, values) {
  const admin = kafka.admin()
  await admin.connect()
  await admin.createTopics({ topics: [{ topic, numPartitions: 1 }] })
  await admin.disconnect()
  const producer = kafka.producer()
  await producer.connect()
  await producer.send({ topic, messages: values.map(value => ({ key: 'k', value })) })
  await producer.disconnect()
}

async function consume(topic, count) {
  // A registry client of its own: what it knows it has looked up.
  const registry = makeRegistry()
  const consumer = kafka.consumer({ groupId: `g-${topic}-${phase}` })
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  const got = []
  await new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${got.length} of ${count} records came back`)), 30000)
    consumer.run({
      eachMessage: async ({ message }) => {
        try {
          got.push(await registry.decode(message.value))
        } catch (error) {
          reject(error)
        }
        if (got.length === count) {
          clearTimeout(timer)
          resolve()
        }
      },
    })
  })
  await consumer.disconnect()
  return got
}

async function refused(work) {
  try {
    await work()
  } catch (error) {
    if (!/incompatible/i.test(error.message)) throw error
    return
  }
  throw new Error('an incompatible schema was taken')
}

const order = (...more) => JSON.stringify({
  type: 'record', name: 'Order', namespace: 'shop', fields: [{ name: 'id', type: 'string' }, ...more],
})

async function avro() {
  const registry = makeRegistry()
  const subject = 'ns-avro-value'
  const add = schema => registry.register({ type: SchemaType.AVRO, schema }, { subject, compatibility: COMPATIBILITY.BACKWARD })
  const first = await add(order())
  const second = await add(order({ name: 'total', type: 'double', default: 0 }))
  await produce('ns-avro', [await registry.encode(first.id, { id: 'a' }),
    await registry.encode(second.id, { id: 'b', total: 2.5 })])
  expect('orders', await consume('ns-avro', 2), [{ id: 'a' }, { id: 'b', total: 2.5 }])
  expect('latest', await registry.getLatestSchemaId(subject), second.id)
  await refused(() => add(order({ name: 'paid', type: 'boolean' })))
}

async function json() {
  const registry = makeRegistry()
  const schema = more => JSON.stringify({
    type: 'object', title: 'Customer', properties: { id: { type: 'string' }, ...more }, additionalProperties: false,
  })
  const add = text => registry.register({ type: SchemaType.JSON, schema: text }, { subject: 'ns-json-value' })
  const first = await add(schema({}))
  const second = await add(schema({ vip: { type: 'boolean' } }))
  await produce('ns-json', [await registry.encode(first.id, { id: 'a' }),
    await registry.encode(second.id, { id: 'b', vip: true })])
  expect('customers', await consume('ns-json', 2), [{ id: 'a' }, { id: 'b', vip: true }])
  await refused(() => add(schema({ vip: { type: 'string' } })))
}

async function protobuf() {
  const registry = makeRegistry()
  const schema = rest => `syntax = "proto3"; package stocks; message Trade { string symbol = 1; ${rest} }`
  const add = text => registry.register({ type: SchemaType.PROTOBUF, schema: text }, { subject: 'ns-protobuf-value' })
  const first = await add(schema('double price = 2;'))
  const second = await add(schema('double price = 2; string venue = 3;'))
  await produce('ns-protobuf', [await registry.encode(first.id, { symbol: 'A', price: 1.5 }),
    await registry.encode(second.id, { symbol: 'B', price: 2.5, venue: 'X' })])
  expect('trades', (await consume('ns-protobuf', 2)).map(t => ({ ...t })),
    [{ symbol: 'A', price: 1.5 }, { symbol: 'B', price: 2.5, venue: 'X' }])
  await refused(() => add(schema('string price = 2;')))
}

async function kept() {
  expect('orders', await consume('ns-avro', 2), [{ id: 'a' }, { id: 'b', total: 2.5 }])
  expect('trades', (await consume('ns-protobuf', 2)).map(t => t.symbol), ['A', 'B'])
}

const phases = {
  main: [['schemas-avro', avro], ['schemas-json', json], ['schemas-protobuf', protobuf]],
  restarted: [['schemas-kept', kept]],
}

runPhases(phases[phase])
