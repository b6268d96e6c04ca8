// SPDX-License-Identifier: GPL-3.0-or-later
// @platformatic/kafka against the broker.
const { Admin, Consumer, Producer, MessagesStreamModes, ProduceAcks } = require('@platformatic/kafka')
const crypto = require('crypto')
const zlib = require('zlib')

const RUN = crypto.randomBytes(4).toString('hex')
const [phase, bootstrap] = process.argv.slice(2)
const base = { clientId: 'platformatic-scenarios', bootstrapBrokers: [bootstrap] }

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

async function using(client, work) {
  try {
    return await work(client)
  } finally {
    await (client instanceof Admin ? client.close() : client.close(true))
  }
}

const createTopic = (topic, partitions = 1) =>
  using(new Admin(base), admin => admin.createTopics({ topics: [topic], partitions, replicas: 1 }))

const produce = (topic, messages, options = {}) =>
  using(new Producer({ ...base, acks: ProduceAcks.ALL, idempotent: true, ...options }), producer =>
    producer.send({ messages: messages.map(m => ({ topic, ...m })) }))

async function member(groupId, topic, onMessage, state = {}) {
  const consumer = new Consumer({ ...base, groupId, sessionTimeout: 6000, heartbeatInterval: 500,
    rebalanceTimeout: 6000, maxWaitTime: 200, autocommit: 200 })
  consumer.on('consumer:group:join', e => {
    state.owned = (e.assignments || []).flatMap(a => a.partitions)
  })
  const stream = await consumer.consume({ topics: [topic], mode: MessagesStreamModes.COMMITTED,
    fallbackMode: 'earliest' })
  stream.on('data', onMessage)
  stream.on('error', () => {})
  return consumer
}

function codec(name) {
  return async () => {
    const topic = `pf-codec-${name}-${RUN}`
    await createTopic(topic)
    const messages = [1, 100, 10000, 900000].map((size, n) => ({ key: Buffer.from(`k${n}`),
      value: Buffer.alloc(size, `weir-${n}-`), headers: new Map([[Buffer.from('h'), Buffer.from('v')]]) }))
    messages.push({ value: Buffer.from('no key') }, { key: Buffer.from('tombstone') })
    await produce(topic, messages, { compression: name })
    const got = []
    const consumer = await member(`g-${topic}`, topic, m => got.push(m))
    await waitFor(() => got.length >= messages.length, `only ${got.length} records came back`)
    await consumer.close(true)
    const plain = v => (v === null || v === undefined || v.length === 0 ? null : Buffer.from(v).toString('base64'))
    expect('keys', got.map(m => plain(m.key)), messages.map(m => plain(m.key)))
    expect('values', got.map(m => plain(m.value)), messages.map(m => plain(m.value)))
    expect('headers', [...got[0].headers].map(([k, v]) => [`${k}`, `${v}`]), [['h', 'v']])
  }
}

async function order() {
  const topic = `pf-order-${RUN}`
  await createTopic(topic, 6)
  await produce(topic, Array.from({ length: 2000 }, (_, i) => ({ key: Buffer.from(`k${i % 20}`),
    value: Buffer.from(`${i}`) })))
  const last = {}
  let count = 0
  let wrong = null
  const consumer = await member(`g-${topic}`, topic, m => {
    if (Number(last[m.key] ?? -1) >= Number(`${m.value}`)) wrong = `${m.key} went back`
    last[m.key] = `${m.value}`
    count += 1
  })
  await waitFor(() => count === 2000, `${count} of 2000`)
  await consumer.close(true)
  expect('order', wrong, null)
}

async function group() {
  const topic = `pf-group-${RUN}`
  await createTopic(topic, 6)
  const seen = new Set()
  const states = [{}, {}, {}, {}]
  const consumers = []
  const start = async i => {
    consumers[i] = await member(`g-${topic}`, topic, m => seen.add(`${m.value}`), states[i])
  }
  const settled = (...members) => members.every(i => (states[i].owned || []).length > 0) &&
    JSON.stringify(members.flatMap(i => states[i].owned).sort()) === '[0,1,2,3,4,5]'
  const batch = from => produce(topic, Array.from({ length: 600 }, (_, i) => ({ partition: i % 6,
    value: Buffer.from(`${from + i}`) })))
  try {
    await Promise.all([start(0), start(1), start(2)])
    await waitFor(() => settled(0, 1, 2), 'three members never settled')
    await batch(0)
    await waitFor(() => seen.size === 600, `first batch: ${seen.size}`)
    await consumers[1].close(true)
    await waitFor(() => settled(0, 2), 'two members never settled')
    await start(3)
    await waitFor(() => settled(0, 2, 3), 'the newcomer got nothing')
    await batch(600)
    await waitFor(() => seen.size === 1200, `second batch: ${seen.size}`)
  } finally {
    await Promise.all([0, 2, 3].map(i => consumers[i]?.close(true)))
  }
}

async function commit() {
  await createTopic('pf-keeper', 3)
  await using(new Consumer({ ...base, groupId: 'pf-keepers' }), async consumer => {
    await consumer.joinGroup({ sessionTimeout: 6000, heartbeatInterval: 500, rebalanceTimeout: 6000 })
    await consumer.commit({ offsets: [0, 1, 2].map(partition => ({ topic: 'pf-keeper', partition,
      offset: BigInt(partition + 1), leaderEpoch: -1 })) })
  })
}

async function commitKept() {
  const found = await using(new Consumer({ ...base, groupId: 'pf-keepers' }), consumer =>
    consumer.listCommittedOffsets({ topics: [{ topic: 'pf-keeper', partitions: [0, 1, 2] }] }))
  expect('offsets', found.get('pf-keeper'), [1n, 2n, 3n])
}

async function admin() {
  const topic = `pf-admin-${RUN}`
  await using(new Admin(base), async a => {
    await a.createTopics({ topics: [topic], partitions: 2, replicas: 1,
      configs: [{ name: 'retention.ms', value: '123456' }] })
    expect('listed', (await a.listTopics()).includes(topic), true)
    await a.createPartitions({ topics: [{ name: topic, count: 5, assignments: null }] })
    await a.deleteTopics({ topics: [topic] })
    expect('deleted', (await a.listTopics()).includes(topic), false)
  })
}

const phases = {
  main: [
    ...['none', 'gzip', 'snappy', 'lz4', 'zstd'].map(name => [`codec-${name}`, codec(name)]),
    ['order', order], ['group', group], ['commit', commit], ['admin', admin],
  ],
  restarted: [['commit-kept', commitKept]],
}

async function main() {
  let failed = false
  for (const [name, scenario] of phases[phase]) {
    if (name === 'codec-zstd' && !zlib.zstdCompressSync) {
      console.log(`SKIP ${name}: Node ${process.version} has no zstd, which the client takes from it`)
      continue
    }
    try {
      await scenario()
      console.log(`PASS ${name}`)
    } catch (error) {
      failed = true
      const causes = (error.errors || []).map(e => e.message).join('; ')
      console.log(`FAIL ${name}: ${String(error.message || error).slice(0, 200)} ${causes.slice(0, 200)}`)
    }
  }
  process.exit(failed ? 1 : 0)
}

process.on('unhandledRejection', () => {})
main()
