// SPDX-License-Identifier: GPL-3.0-or-later
// What run_matrix.py asks of every client, with kafkajs.
const { Kafka, logLevel, AclOperationTypes, AclPermissionTypes, AclResourceTypes, ConfigResourceTypes,
  ResourcePatternTypes } = require('kafkajs')
const runPhases = require('./run_phases')
const { RUN, expect, until, refused, restartBroker, numbered, readsWith, shared, tls, logins } =
  require('./matrix')

const connect = (broker, more = {}) => new Kafka({ clientId: 'kafkajs-matrix', brokers: [broker],
  logLevel: logLevel.NOTHING, retry: { initialRetryTime: 50, maxRetryTime: 500, retries: 100 }, ...more })
const plain = connect(process.argv[2])

async function using(client, work) {
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.disconnect()
  }
}

const createTopic = (topic, numPartitions = 1, kafka = plain) =>
  using(kafka.admin(), a => a.createTopics({ topics: [{ topic, numPartitions }] }))

const produce = (topic, values, kafka = plain, options = {}) =>
  using(kafka.producer({ maxInFlightRequests: 1, ...options }), p =>
    p.send({ topic, acks: -1, messages: values.map(value => ({ value, partition: 0 })) }))

async function member(groupId, topic, onValue, kafka = plain, options = {}) {
  const consumer = kafka.consumer({ groupId, sessionTimeout: 6000, heartbeatInterval: 300, rebalanceTimeout: 6000,
    maxWaitTimeInMs: 200, ...options })
  const state = { owned: [], stop: () => consumer.disconnect() }
  consumer.on(consumer.events.GROUP_JOIN, e => { state.owned = e.payload.memberAssignment[topic] || [] })
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  await consumer.run({ eachMessage: async ({ message }) => onValue(`${message.value}`) })
  return state
}

const read = readsWith(produce, member, plain)

async function idempotence() {
  const topic = `js-idem-${RUN}`
  await createTopic(topic)
  await using(plain.producer({ idempotent: true, maxInFlightRequests: 1 }), async p => {
    for (let from = 0; from < 2000; from += 100) {
      await p.send({ topic, acks: -1, messages: numbered(100, from).map(value => ({ value })) })
    }
  })
  expect('records', await read(topic), numbered(2000))
}

const transactional = id => plain.producer({ transactionalId: id, idempotent: true, maxInFlightRequests: 1 })

async function transactions() {
  const topic = `js-txn-${RUN}`
  const groupId = `js-txn-group-${RUN}`
  await createTopic(topic)
  await using(transactional(`js-${RUN}`), async p => {
    for (const [value, commits] of [['a', true], ['b', false], ['c', true]]) {
      const transaction = await p.transaction()
      await transaction.send({ topic, messages: [{ value }] })
      await transaction.sendOffsets({ consumerGroupId: groupId,
        topics: [{ topic, partitions: [{ partition: 0, offset: commits ? '7' : '9' }] }] })
      await (commits ? transaction.commit() : transaction.abort())
    }
  })
  expect('committed', await read(topic), ['a', 'c'])
  const found = await using(plain.admin(), a => a.fetchOffsets({ groupId, topics: [topic] }))
  expect('position', found[0].partitions[0].offset, '7')
}

async function fencing() {
  const topic = `js-fence-${RUN}`
  await createTopic(topic)
  await using(transactional(`js-fence-${RUN}`), async old => {
    const first = await old.transaction()
    await first.send({ topic, messages: [{ value: 'of the old one' }] })
    await using(transactional(`js-fence-${RUN}`), async young => {
      const second = await young.transaction()
      await refused(async () => {
        await first.send({ topic, messages: [{ value: 'too late' }] })
        await first.commit()
      }, 'the older producer')
      await second.send({ topic, messages: [{ value: 'of the new one' }] })
      await second.commit()
    })
  })
  expect('committed', await read(topic), ['of the new one'])
}

async function adminTopics() {
  const topic = `js-topics-${RUN}`
  await using(plain.admin(), async a => {
    expect('made', await a.createTopics({ topics: [{ topic, numPartitions: 2 }] }), true)
    expect('made twice', await a.createTopics({ topics: [{ topic, numPartitions: 2 }] }), false)
    await a.createPartitions({ topicPartitions: [{ topic, count: 5 }] })
    await until(async () => (await a.fetchTopicMetadata({ topics: [topic] })).topics[0].partitions.length === 5, 'never grew')
    await produce(topic, numbered(10))
    await a.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '4' }] })
    expect('low', (await a.fetchTopicOffsets(topic)).find(p => p.partition === 0).low, '4')
    await a.deleteTopics({ topics: [topic] })
    await until(async () => !(await a.listTopics()).includes(topic), 'never went')
  })
}

async function adminConfigs() {
  const topic = `js-configs-${RUN}`
  await createTopic(topic)
  await using(plain.admin(), async a => {
    const alter = configEntries => a.alterConfigs({ validateOnly: false,
      resources: [{ type: ConfigResourceTypes.TOPIC, name: topic, configEntries }] })
    const config = async name => (await a.describeConfigs({ includeSynonyms: true,
      resources: [{ type: ConfigResourceTypes.TOPIC, name: topic, configNames: [name] }] })).resources[0].configEntries[0]
    await alter([{ name: 'retention.ms', value: '123456' }])
    const entry = await config('retention.ms')
    expect('value', [entry.configValue, entry.configSource], ['123456', 1])
    expect('synonym', [entry.configSynonyms[0].configName, entry.configSynonyms[0].configValue], ['retention.ms', '123456'])
    expect('default', (await config('segment.bytes')).configSource, 5)
    // It replaces them all.
    await alter([{ name: 'cleanup.policy', value: 'compact,delete' }])
    expect('policy', (await config('cleanup.policy')).configValue, 'compact,delete')
    expect('back to the default', (await config('retention.ms')).configSource, 5)
    await refused(() => alter([{ name: 'no.such.key', value: '1' }]), 'an unknown setting')
  })
}

async function adminGroups() {
  const topic = `js-groups-${RUN}`
  const groupId = `js-groups-group-${RUN}`
  await createTopic(topic, 2)
  const one = await member(groupId, topic, () => {})
  await shared([one], 2)
  await using(plain.admin(), async a => {
    const group = (await a.describeGroups([groupId])).groups[0]
    expect('group', [group.state, group.members.map(m => m.clientId)], ['Stable', ['kafkajs-matrix']])
    await refused(() => a.deleteGroups([groupId]), 'deleting a group with members')
    await one.stop()
    await until(async () => (await a.describeGroups([groupId])).groups[0].state === 'Empty', 'never empty')
    expect('listed', (await a.listGroups()).groups.some(g => g.groupId === groupId), true)
    await a.deleteGroups([groupId])
    expect('gone', (await a.listGroups()).groups.some(g => g.groupId === groupId), false)
  })
}

async function adminOffsets() {
  const topic = `js-offsets-${RUN}`
  const groupId = `js-offsets-group-${RUN}`
  await createTopic(topic, 2)
  await using(plain.admin(), async a => {
    await a.setOffsets({ groupId, topic, partitions: [0, 1].map(p => ({ partition: p, offset: `${5 + p}` })) })
    const found = await a.fetchOffsets({ groupId, topics: [topic] })
    expect('offsets', found[0].partitions.map(p => [p.partition, p.offset]).sort(), [[0, '5'], [1, '6']])
    await a.resetOffsets({ groupId, topic, earliest: true })
    const reset = await a.fetchOffsets({ groupId, topics: [topic], resolveOffsets: true })
    expect('reset', reset[0].partitions.map(p => [p.partition, p.offset]).sort(), [[0, '0'], [1, '0']])
  })
}

async function adminAcls() {
  const resourceName = `js-acl-${RUN}`
  await using(plain.admin(), async a => {
    const rule = (resourcePatternType, operation, permissionType) => ({ resourceType: AclResourceTypes.TOPIC,
      resourceName, resourcePatternType, principal: 'User:zoe', host: '*', operation, permissionType })
    await a.createAcls({ acl: [rule(ResourcePatternTypes.LITERAL, AclOperationTypes.READ, AclPermissionTypes.ALLOW),
      rule(ResourcePatternTypes.PREFIXED, AclOperationTypes.WRITE, AclPermissionTypes.DENY)] })
    const every = { resourceType: AclResourceTypes.TOPIC, resourceName, resourcePatternType: ResourcePatternTypes.ANY,
      operation: AclOperationTypes.ANY, permissionType: AclPermissionTypes.ANY }
    const count = async () => (await a.describeAcls(every)).resources.flatMap(r => r.acls).length
    expect('described', await count(), 2)
    const deleted = await a.deleteAcls({ filters: [every] })
    expect('deleted', deleted.filterResponses[0].matchingAcls.length, 2)
    expect('left', await count(), 0)
  })
}

async function greet(broker, topic, login) {
  const kafka = connect(broker, { ...login, connectionTimeout: 5000 })
  await createTopic(topic, 1, kafka)
  await produce(topic, ['hello'], kafka)
  expect('read', await read(topic, kafka), ['hello'])
}

async function sasl() {
  for (const [mechanism, password] of logins) {
    const login = secret => ({ ssl: tls(false),
      sasl: { mechanism: mechanism.toLowerCase(), username: process.env.WEIR_USER, password: secret } })
    await greet(process.env.WEIR_SASL_SSL, `js-${mechanism}-${RUN}`, login(password))
    await refused(() => greet(process.env.WEIR_SASL_SSL, `js-wrong-${mechanism}-${RUN}`,
      { ...login('wrong'), retry: { retries: 0 } }), 'a wrong password')
  }
}

async function overTls() {
  await greet(process.env.WEIR_SSL, `js-tls-${RUN}`, { ssl: tls(true) })
  await refused(() => greet(process.env.WEIR_SSL, `js-tls-without-${RUN}`, { ssl: tls(false), retry: { retries: 0 } }),
    'a client without a certificate')
}

async function restart() {
  const topic = `js-restart-${RUN}`
  await createTopic(topic)
  const seen = new Set()
  const reader = await member(`${topic}-group`, topic, value => seen.add(value))
  await shared([reader], 1)
  const total = 1000
  await using(plain.producer({ idempotent: true, maxInFlightRequests: 1 }), async p => {
    let done = 0
    let isBack = false
    const sending = (async () => {
      for (let i = 0; i < total; i += 1) {
        if (i === total - 50) await until(() => isBack, 'nobody restarted the broker')
        await p.send({ topic, acks: -1, messages: [{ value: `${i}` }] })
        done += 1
      }
    })()
    await until(() => done > 20, 'nothing was sent')
    await restartBroker()
    isBack = true
    await sending
  })
  expect('log', await read(topic), numbered(total))
  await until(() => numbered(total).every(value => seen.has(value)), () => `the group saw ${seen.size}`)
  await reader.stop()
}

runPhases([['idempotence', idempotence], ['transactions', transactions], ['fencing', fencing],
  ['admin-topics', adminTopics], ['admin-configs', adminConfigs], ['admin-groups', adminGroups],
  ['admin-offsets', adminOffsets], ['admin-acls', adminAcls], ['sasl', sasl], ['tls', overTls], ['restart', restart]])
