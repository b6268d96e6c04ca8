// SPDX-License-Identifier: GPL-3.0-or-later
// What run_matrix.py asks of every client, with @platformatic/kafka.
const { Admin, Consumer, Producer, MessagesStreamModes, ProduceAcks, FetchIsolationLevels, ResourceTypes,
  ResourcePatternTypes, AclOperations, AclPermissionTypes } = require('@platformatic/kafka')
const runPhases = require('./run_phases')
const { RUN, expect, until, refused, restartBroker, numbered, readsWith, shared, tls, logins } =
  require('./matrix')

const base = (broker, more = {}) => ({ clientId: 'platformatic-matrix', bootstrapBrokers: [broker], retries: 200,
  retryDelay: 100, connectTimeout: 5000, ...more })
const plain = base(process.argv[2])

// A connection that is cut while the client is giving it up says so to nobody, which would end the program. What the
// scenarios ask for fails by itself when it does not come.
process.on('uncaughtException', error => {
  if (error.code !== 'PLT_KFK_NETWORK') {
    console.error(error)
    process.exit(1)
  }
})

async function using(client, work) {
  try {
    return await work(client)
  } finally {
    await (client instanceof Admin ? client.close() : client.close(true))
  }
}

const createTopic = (topic, partitions = 1, at = plain) =>
  using(new Admin(at), a => a.createTopics({ topics: [topic], partitions, replicas: 1 }))

const messages = (topic, values, partition = 0) =>
  values.map(value => ({ topic, partition, value: Buffer.from(value) }))

const produce = (topic, values, at = plain) =>
  using(new Producer({ ...at, acks: ProduceAcks.ALL }), p => p.send({ messages: messages(topic, values) }))

async function member(groupId, topic, onValue, at = plain, options = {}) {
  const isNew = options.groupProtocol === 'consumer'
  const consumer = new Consumer({ ...at, groupId, maxWaitTime: 200, autocommit: 200,
    isolationLevel: FetchIsolationLevels.READ_COMMITTED,
    ...(isNew ? {} : { sessionTimeout: 6000, heartbeatInterval: 300, rebalanceTimeout: 6000 }), ...options })
  const state = { owned: [], rounds: 0, stop: () => consumer.close(true) }
  const told = e => {
    state.rounds += 1
    state.owned = (e.assignments || []).filter(a => a.topic === topic).flatMap(a => a.partitions)
  }
  consumer.on('consumer:group:join', told)
  const stream = await consumer.consume({ topics: [topic], mode: MessagesStreamModes.COMMITTED, fallbackMode: 'earliest' })
  stream.on('data', message => onValue(`${message.value}`))
  stream.on('error', () => {})
  if (isNew) {
    // The broker decides; what came of it is asked for.
    Object.defineProperty(state, 'owned', { get: () =>
      (consumer.assignments || []).filter(a => a.topic === topic).flatMap(a => a.partitions) })
  }
  return state
}

const read = readsWith(produce, member, plain)

async function idempotence() {
  const topic = `pf-idem-${RUN}`
  await createTopic(topic)
  await using(new Producer({ ...plain, acks: ProduceAcks.ALL, idempotent: true }), async p => {
    for (let from = 0; from < 2000; from += 100) await p.send({ messages: messages(topic, numbered(100, from)) })
  })
  expect('records', await read(topic), numbered(2000))
}

// Left alone it asks for producer 0, which a second one of the same name is refused.
const transactional = id => new Producer({ ...plain, acks: ProduceAcks.ALL, idempotent: true, transactionalId: id,
  producerId: -1n, producerEpoch: -1 })

async function transactions() {
  const topic = `pf-txn-${RUN}`
  await createTopic(topic)
  await using(transactional(`pf-${RUN}`), async p => {
    for (const [value, commits] of [['a', true], ['b', false], ['c', true]]) {
      const transaction = await p.beginTransaction()
      await transaction.send({ messages: messages(topic, [value]) })
      await (commits ? transaction.commit() : transaction.abort())
    }
  })
  expect('committed', await read(topic), ['a', 'c'])
}

async function fencing() {
  const topic = `pf-fence-${RUN}`
  await createTopic(topic)
  await using(transactional(`pf-fence-${RUN}`), async old => {
    const first = await old.beginTransaction()
    await first.send({ messages: messages(topic, ['of the old one']) })
    await using(transactional(`pf-fence-${RUN}`), async young => {
      const second = await young.beginTransaction()
      await second.send({ messages: messages(topic, ['of the new one']) })
      await refused(async () => {
        await first.send({ messages: messages(topic, ['too late']) })
        await first.commit()
      }, 'the older producer')
      await second.commit()
    })
  })
  expect('committed', await read(topic), ['of the new one'])
}

/** It leaves the group when it is closed, so that nobody's return is seen here: a second one of a name takes over. */
async function statics() {
  const topic = `pf-static-${RUN}`
  const group = `pf-static-group-${RUN}`
  await createTopic(topic, 4)
  const join = id => member(group, topic, () => {}, plain,
    { groupInstanceId: id, sessionTimeout: 30000, rebalanceTimeout: 30000 })
  const first = await join('one')
  const second = await join('two')
  await shared([first, second], 4)
  const instances = await using(new Admin(plain), async a =>
    [...(await a.describeGroups({ groups: [group] })).get(group).members.values()].map(m => m.groupInstanceId).sort())
  expect('instances', instances, ['one', 'two'])
  const kept = [...second.owned]
  const rounds = first.rounds
  const heir = await join('two')
  await until(() => heir.owned.length > 0, 'the heir got nothing')
  expect('partitions', heir.owned, kept)
  expect('rebalances of the other', first.rounds, rounds)
  for (const each of [first, second, heir]) await each.stop().catch(() => {})
}

async function kip848() {
  const topic = `pf-kip848-${RUN}`
  const group = `pf-kip848-group-${RUN}`
  await createTopic(topic, 6)
  const seen = new Set()
  let sent = 0
  const batch = async () => {
    for (let p = 0; p < 6; p += 1) {
      await using(new Producer({ ...plain, acks: ProduceAcks.ALL }), producer =>
        producer.send({ messages: messages(topic, numbered(50, sent), p) }))
      sent += 50
    }
  }
  const join = () => member(group, topic, value => seen.add(value), plain, { groupProtocol: 'consumer' })
  const members = [await join(), await join()]
  await shared(members, 6)
  await batch()
  members.push(await join())
  await shared(members, 6)
  await batch()
  await members.shift().stop()
  await shared(members, 6)
  await batch()
  await until(() => seen.size === sent, () => `${seen.size} of ${sent} seen`)
  for (const each of members) await each.stop()
}

async function adminTopics() {
  const topic = `pf-topics-${RUN}`
  await using(new Admin(plain), async a => {
    await a.createTopics({ topics: [topic], partitions: 2, replicas: 1 })
    await refused(() => using(new Admin({ ...plain, retries: 0 }), b =>
      b.createTopics({ topics: [topic], partitions: 2, replicas: 1 })), 'a topic of the same name')
    await a.createPartitions({ topics: [{ name: topic, count: 5, assignments: null }] })
    await produce(topic, numbered(10))
    const deleted = await a.deleteRecords({ topics: [{ name: topic, partitions: [{ partition: 0, offset: 4n }] }] })
    expect('low', deleted[0].partitions[0].lowWatermark, 4n)
    const earliest = await a.listOffsets({ topics: [{ name: topic, partitions: [{ partitionIndex: 0, timestamp: -2n }] }] })
    expect('earliest', earliest[0].partitions[0].offset, 4n)
    await a.deleteTopics({ topics: [topic] })
    await until(async () => !(await a.listTopics()).includes(topic), 'never went')
  })
}

async function adminConfigs() {
  const topic = `pf-configs-${RUN}`
  await createTopic(topic)
  await using(new Admin({ ...plain, retries: 3 }), async a => {
    const [ofTopic, set, remove, append, subtract] = [2, 0, 1, 2, 3]
    const alter = (configOperation, name, value) => a.incrementalAlterConfigs({
      resources: [{ resourceType: ofTopic, resourceName: topic, configs: [{ name, configOperation, value }] }] })
    const config = async name => (await a.describeConfigs({ includeSynonyms: true,
      resources: [{ resourceType: ofTopic, resourceName: topic, configurationKeys: [name] }] }))[0].configs[0]
    await alter(set, 'retention.ms', '123456')
    const entry = await config('retention.ms')
    expect('value', [entry.value, entry.configSource], ['123456', 1])
    expect('synonym', [entry.synonyms[0].name, entry.synonyms[0].value], ['retention.ms', '123456'])
    expect('default', (await config('segment.bytes')).configSource, 5)
    for (const [operation, value, wanted] of [[set, 'compact', 'compact'], [append, 'delete', 'compact,delete'],
      [subtract, 'compact', 'delete'], [remove, undefined, 'delete']]) {
      await alter(operation, 'cleanup.policy', value)
      expect(`operation ${operation}`, (await config('cleanup.policy')).value, wanted)
    }
    await refused(() => alter(set, 'no.such.key', '1'), 'an unknown setting')
  })
}

async function adminGroups() {
  const topic = `pf-groups-${RUN}`
  const group = `pf-groups-group-${RUN}`
  await createTopic(topic, 2)
  const one = await member(group, topic, () => {})
  await shared([one], 2)
  await using(new Admin({ ...plain, retries: 3 }), async a => {
    const describe = async () => (await a.describeGroups({ groups: [group] })).get(group)
    const described = await describe()
    expect('group', [described.state.toLowerCase(), [...described.members.values()].map(m => m.clientId)],
      ['stable', ['platformatic-matrix']])
    await refused(() => a.deleteGroups({ groups: [group] }), 'deleting a group with members')
    await one.stop()
    await until(async () => (await describe()).state.toLowerCase() === 'empty', 'never empty')
    expect('listed', (await a.listGroups()).has(group), true)
    await a.deleteGroups({ groups: [group] })
    expect('gone', (await a.listGroups()).has(group), false)
  })
}

async function adminOffsets() {
  const topic = `pf-offsets-${RUN}`
  const groupId = `pf-offsets-group-${RUN}`
  await createTopic(topic, 2)
  await using(new Admin(plain), async a => {
    await a.alterConsumerGroupOffsets({ groupId,
      topics: [{ name: topic, partitionOffsets: [{ partition: 0, offset: 5n }, { partition: 1, offset: 6n }] }] })
    const found = async () => (await a.listConsumerGroupOffsets({ groups: [groupId] }))[0].topics
      .filter(t => t.name === topic).flatMap(t => t.partitions).map(p => [p.partitionIndex, p.committedOffset]).sort()
    expect('offsets', await found(), [[0, 5n], [1, 6n]])
    await a.deleteConsumerGroupOffsets({ groupId, topics: [{ name: topic, partitionIndexes: [0] }] })
    expect('left', await found(), [[1, 6n]])
  })
}

async function adminAcls() {
  const resourceName = `pf-acl-${RUN}`
  await using(new Admin(plain), async a => {
    const rule = (resourcePatternType, operation, permissionType) => ({ resourceType: ResourceTypes.TOPIC, resourceName,
      resourcePatternType, principal: 'User:zoe', host: '*', operation, permissionType })
    await a.createAcls({ creations: [rule(ResourcePatternTypes.LITERAL, AclOperations.READ, AclPermissionTypes.ALLOW),
      rule(ResourcePatternTypes.PREFIXED, AclOperations.WRITE, AclPermissionTypes.DENY)] })
    const every = { resourceType: ResourceTypes.TOPIC, resourceName, resourcePatternType: ResourcePatternTypes.ANY,
      principal: null, host: null, operation: AclOperations.ANY, permissionType: AclPermissionTypes.ANY }
    const count = async () => (await a.describeAcls({ filter: every })).flatMap(r => r.acls).length
    expect('described', await count(), 2)
    expect('deleted', (await a.deleteAcls({ filters: [every] })).length, 2)
    expect('left', await count(), 0)
  })
}

async function adminQuotas() {
  const entityName = `pf-${RUN}`
  await using(new Admin(plain), async a => {
    const alter = op => a.alterClientQuotas({ entries: [{ entities: [{ entityType: 'client-id', entityName }], ops: [op] }] })
    const found = async () => (await a.describeClientQuotas({ strict: true,
      components: [{ entityType: 'client-id', matchType: 0, match: entityName }] })).flatMap(e => e.values)
    await alter({ key: 'producer_byte_rate', value: 123456, remove: false })
    expect('quota', (await found()).map(v => [v.key, v.value]), [['producer_byte_rate', 123456]])
    await alter({ key: 'producer_byte_rate', remove: true })
    expect('left', await found(), [])
  })
}

async function adminLogDirs() {
  const topic = `pf-dirs-${RUN}`
  await createTopic(topic)
  await produce(topic, ['x'.repeat(1000)])
  const dirs = await using(new Admin(plain), a => a.describeLogDirs({ topics: [{ name: topic, partitions: [0] }] }))
  const partition = dirs[0].results[0].topics[0].partitions[0]
  expect('at least a record', Number(partition.partitionSize) >= 1000, true)
}

async function greet(broker, topic, login) {
  const at = base(broker, login)
  await createTopic(topic, 1, at)
  await produce(topic, ['hello'], at)
  expect('read', await read(topic, at), ['hello'])
}

async function sasl() {
  for (const [mechanism, password] of logins) {
    const login = secret => ({ tls: tls(false), sasl: { mechanism, username: process.env.WEIR_USER, password: secret } })
    await greet(process.env.WEIR_SASL_SSL, `pf-${mechanism}-${RUN}`, login(password))
    await refused(() => greet(process.env.WEIR_SASL_SSL, `pf-wrong-${mechanism}-${RUN}`, { ...login('wrong'), retries: 0 }),
      'a wrong password')
  }
}

async function overTls() {
  await greet(process.env.WEIR_SSL, `pf-tls-${RUN}`, { tls: tls(true) })
  await refused(() => greet(process.env.WEIR_SSL, `pf-tls-without-${RUN}`, { tls: tls(false), retries: 0 }),
    'a client without a certificate')
}

async function restart() {
  const topic = `pf-restart-${RUN}`
  await createTopic(topic)
  const seen = new Set()
  const reader = await member(`${topic}-group`, topic, value => seen.add(value))
  await shared([reader], 1)
  const total = 1000
  await using(new Producer({ ...plain, acks: ProduceAcks.ALL, idempotent: true }), async p => {
    let done = 0
    let isBack = false
    const sending = (async () => {
      for (let i = 0; i < total; i += 1) {
        if (i === total - 50) await until(() => isBack, 'nobody restarted the broker')
        await p.send({ messages: messages(topic, [`${i}`]) })
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

process.on('unhandledRejection', () => {})
runPhases([['idempotence', idempotence], ['transactions', transactions], ['fencing', fencing], ['static', statics],
  ['kip848', kip848], ['admin-topics', adminTopics], ['admin-configs', adminConfigs], ['admin-groups', adminGroups],
  ['admin-offsets', adminOffsets], ['admin-acls', adminAcls], ['admin-quotas', adminQuotas],
  ['admin-log-dirs', adminLogDirs], ['sasl', sasl], ['tls', overTls], ['restart', restart]])
