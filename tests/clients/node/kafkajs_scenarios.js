// SPDX-License-Identifier: GPL-3.0-or-later
// kafkajs against the broker.
const { Kafka, CompressionTypes, CompressionCodecs, logLevel, ConfigResourceTypes } = require('kafkajs')
const crypto = require('crypto')
const snappy = require('kafkajs-snappy')
const lz4 = require('lz4-napi')
const zstd = require('zstd-napi')
const runPhases = require('./run_phases')

CompressionCodecs[CompressionTypes.Snappy] = snappy
CompressionCodecs[CompressionTypes.LZ4] = () => ({
  compress: async encoder => lz4.compressFrame(encoder.buffer),
  decompress: async buffer => lz4.decompressFrame(buffer),
})
CompressionCodecs[CompressionTypes.ZSTD] = () => ({
  compress: async encoder => zstd.compress(encoder.buffer),
  decompress: async buffer => zstd.decompress(buffer),
})

const RUN = crypto.randomBytes(4).toString('hex')
const [phase, bootstrap] = process.argv.slice(2)
const kafka = new Kafka({ clientId: 'kafkajs-scenarios', brokers: [bootstrap], logLevel: logLevel.NOTHING })

function expect(what, got, wanted) {
  const text = v => JSON.stringify(v, (_, x) => (typeof x === 'bigint' ? `${x}` : x))
  if (text(got) !== text(wanted)) {
    throw new Error(`${what}: got ${text(got).slice(0, 80)}, wanted ${text(wanted).slice(0, 80)}`)
  }
}

async function waitFor(condition, what, seconds = 45) {
  const end = Date.now() + seconds * 1000
  while (!condition()) {
    if (Date.now() > end) throw new Error(what)
    await new Promise(resolve => setTimeout(resolve, 50))
  }
}

async function withAdmin(work) {
  const admin = kafka.admin()
  await admin.connect()
  try {
    return await work(admin)
  } finally {
    await admin.disconnect()
  }
}

const createTopic = (topic, numPartitions = 1, configEntries = []) =>
  withAdmin(admin => admin.createTopics({ topics: [{ topic, numPartitions, configEntries }] }))

async function produce(topic, messages, options = {}) {
  const producer = kafka.producer({ idempotent: options.idempotent, maxInFlightRequests: 1 })
  await producer.connect()
  await producer.send({ topic, acks: -1, compression: options.compression, messages })
  await producer.disconnect()
}

function member(groupId, topic, onMessage, state) {
  const consumer = kafka.consumer({ groupId, sessionTimeout: 6000, heartbeatInterval: 500, rebalanceTimeout: 6000 })
  consumer.on(consumer.events.GROUP_JOIN, e => {
    state.owned = e.payload.memberAssignment[topic] || []
  })
  return (async () => {
    await consumer.connect()
    await consumer.subscribe({ topic, fromBeginning: true })
    await consumer.run({ eachMessage: async ({ message, partition }) => onMessage(message, partition) })
    return consumer
  })()
}

function codec(name, compression) {
  return async () => {
    const topic = `js-codec-${name}-${RUN}`
    await createTopic(topic)
    const messages = [1, 100, 10000, 900000].map((size, n) => ({
      key: `k${n}`,
      value: Buffer.alloc(size, `weir-${n}-`),
      headers: { h: 'v' },
    }))
    messages.push({ key: null, value: 'no key' }, { key: 'tombstone', value: null }, { key: '', value: '' },
      { key: 'headers', value: 'v', headers: { a: ['1', '2'], empty: '' } })
    await produce(topic, messages, { compression, idempotent: true })
    const got = []
    const consumer = await member(`g-${topic}`, topic, m => got.push(m), {})
    await waitFor(() => got.length >= messages.length, `only ${got.length} records came back`)
    await consumer.disconnect()
    const plain = v => (v === null || v === undefined ? null : Buffer.from(v).toString('base64'))
    expect('keys', got.map(m => plain(m.key)), messages.map(m => plain(m.key)))
    expect('values', got.map(m => plain(m.value)), messages.map(m => plain(m.value)))
    expect('headers', got.at(-1).headers, { a: [Buffer.from('1'), Buffer.from('2')], empty: Buffer.from('') })
  }
}

async function order() {
  const topic = `js-order-${RUN}`
  await createTopic(topic, 6)
  await produce(topic, Array.from({ length: 2000 }, (_, i) => ({ key: `k${i % 20}`, value: `${i}` })))
  const last = {}
  let count = 0
  const consumer = await member(`g-${topic}`, topic, m => {
    if (Number(last[m.key] ?? -1) >= Number(m.value)) throw new Error(`${m.key} went back`)
    last[m.key] = m.value
    count += 1
  }, {})
  await waitFor(() => count === 2000, `${count} of 2000`)
  await consumer.disconnect()
}

async function group() {
  const topic = `js-group-${RUN}`
  await createTopic(topic, 6)
  const seen = new Set()
  const states = [{}, {}, {}, {}]
  const start = i => member(`g-${topic}`, topic, m => seen.add(m.value.toString()), states[i])
  const settled = (...members) =>
    expectSafe(() => expect('parts', members.flatMap(i => states[i].owned || []).sort(), [0, 1, 2, 3, 4, 5])) &&
    members.every(i => (states[i].owned || []).length > 0)
  const expectSafe = check => { try { check(); return true } catch { return false } }
  const batch = from => produce(topic, Array.from({ length: 600 }, (_, i) => ({ value: `${from + i}` })))
  const consumers = await Promise.all([start(0), start(1), start(2)])
  try {
    await waitFor(() => settled(0, 1, 2), 'three members never settled')
    await batch(0)
    await waitFor(() => seen.size === 600, 'first batch')
    await consumers[1].disconnect()
    await waitFor(() => settled(0, 2), 'two members never settled')
    consumers.push(await start(3))
    await waitFor(() => settled(0, 2, 3), 'the newcomer got nothing')
    await batch(600)
    await waitFor(() => seen.size === 1200, 'second batch')
  } finally {
    await Promise.all(consumers.map(c => c.disconnect()))
  }
}

async function commit() {
  await createTopic('js-keeper', 3)
  await produce('js-keeper', Array.from({ length: 30 }, (_, i) => ({ key: `${i}`, value: 'x' })))
  await withAdmin(admin => admin.setOffsets({
    groupId: 'js-keepers', topic: 'js-keeper', partitions: [0, 1, 2].map(p => ({ partition: p, offset: `${p + 1}` })),
  }))
}

async function commitKept() {
  const offsets = await withAdmin(admin => admin.fetchOffsets({ groupId: 'js-keepers', topics: ['js-keeper'] }))
  const found = offsets[0].partitions.map(p => [p.partition, p.offset]).sort()
  expect('offsets', found, [[0, '1'], [1, '2'], [2, '3']])
}

/** Waits until every partition of a topic answers for its offsets. */
async function partitionsServed(a, topic, count) {
  let served = 0
  for (let tries = 0; served < count && tries < 100; tries += 1) {
    served = (await a.fetchTopicOffsets(topic).catch(() => [])).length
  }
  expect('served partitions', served, count)
}

async function admin() {
  const topic = `js-admin-${RUN}`
  await createTopic(topic, 2, [{ name: 'retention.ms', value: '123456' }])
  await withAdmin(async a => {
    const partitions = async () => (await a.fetchTopicMetadata({ topics: [topic] })).topics[0].partitions.length
    expect('partitions', await partitions(), 2)
    const config = async name => {
      const { resources } = await a.describeConfigs({
        resources: [{ type: ConfigResourceTypes.TOPIC, name: topic, configNames: [name] }],
      })
      return resources[0].configEntries[0].configValue
    }
    expect('retention.ms', await config('retention.ms'), '123456')
    await a.alterConfigs({
      validateOnly: false,
      resources: [{ type: ConfigResourceTypes.TOPIC, name: topic,
        configEntries: [{ name: 'max.message.bytes', value: '2000000' }] }],
    })
    expect('max.message.bytes', await config('max.message.bytes'), '2000000')
    await a.createPartitions({ topicPartitions: [{ topic, count: 5 }] })
    await partitionsServed(a, topic, 5)
    await produce(topic, [{ value: 'a', partition: 0 }, { value: 'b', partition: 0 }])
    await a.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '1' }] })
    expect('low', (await a.fetchTopicOffsets(topic)).find(p => p.partition === 0).low, '1')
    await a.setOffsets({ groupId: `g-${topic}`, topic, partitions: [{ partition: 0, offset: '1' }] })
    expect('group listed', (await a.listGroups()).groups.some(g => g.groupId === `g-${topic}`), true)
    await a.deleteGroups([`g-${topic}`])
    await a.deleteTopics({ topics: [topic] })
    expect('deleted', (await a.listTopics()).includes(topic), false)
    expect('brokers', (await a.describeCluster()).brokers.length, 1)
  })
}

// Once the topic is compacted there are gaps between the batches; a reader gets through them and finds every newest value.
async function compacted() {
  const topic = `js-compacted-${RUN}`
  await createTopic(topic, 1, [{ name: 'cleanup.policy', value: 'compact' }, { name: 'segment.bytes', value: '1048576' },
    { name: 'min.cleanable.dirty.ratio', value: '0.01' }])
  const total = 30000
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 })
  await producer.connect()
  for (let from = 0; from < total; from += 500) {
    await producer.send({ topic, acks: -1, messages: Array.from({ length: 500 }, (_, i) => (
      { key: `k${(from + i) % 100 === 0 ? from : (from + i) % 100}`, value: `${from + i}-${'x'.repeat(100)}` })) })
  }
  await producer.disconnect()
  const newest = {}
  for (let i = 0; i < total; i += 1) newest[`k${i % 100 === 0 ? i - (i % 500) : i % 100}`] = i
  const end = Date.now() + 60000
  for (let attempt = 0; ; attempt += 1) {
    const found = {}
    let count = 0
    let last = -1
    const consumer = await member(`g-${topic}-${attempt}`, topic, m => {
      if (Number(m.offset) <= last) throw new Error(`offset ${m.offset} after ${last}`)
      last = Number(m.offset)
      expect('offset', parseInt(m.value.toString(), 10), last)
      found[m.key] = last
      count += 1
    }, {})
    await waitFor(() => last === total - 1, `stalled behind offset ${last}`)
    await consumer.disconnect()
    expect('keys', Object.keys(found).sort(), Object.keys(newest).sort())
    expect('newest', Object.keys(newest).filter(k => found[k] !== newest[k]), [])
    if (count < total) return
    if (Date.now() > end) throw new Error('nothing was compacted')
  }
}

const phases = {
  main: [
    ['codec-none', codec('none', CompressionTypes.None)], ['codec-gzip', codec('gzip', CompressionTypes.GZIP)],
    ['codec-snappy', codec('snappy', CompressionTypes.Snappy)], ['codec-lz4', codec('lz4', CompressionTypes.LZ4)],
    ['codec-zstd', codec('zstd', CompressionTypes.ZSTD)], ['order', order], ['group', group], ['commit', commit],
    ['admin', admin], ['compacted', compacted],
  ],
  restarted: [['commit-kept', commitKept]],
}

runPhases(phases[phase])
