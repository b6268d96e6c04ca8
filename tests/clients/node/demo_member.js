// SPDX-License-Identifier: GPL-3.0-or-later
// One member of a group, as slow as told: node demo_member.js BOOTSTRAP GROUP TOPIC DELAY_MS. Ends on SIGTERM.
// Says "FIRST partition offset timestamp" for the first record of each partition.
const { Kafka, logLevel } = require('kafkajs')

const [bootstrap, groupId, topic, delay] = process.argv.slice(2)
const kafka = new Kafka({ clientId: `kafkajs-${Number(delay) > 0 ? 'slow' : 'fast'}`, brokers: [bootstrap],
  logLevel: logLevel.NOTHING })
const consumer = kafka.consumer({ groupId, sessionTimeout: 10000, heartbeatInterval: 500, rebalanceTimeout: 10000 })
const seen = new Set()

async function main() {
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  await consumer.run({
    autoCommitInterval: 500,
    autoCommitThreshold: 1000,
    eachMessage: async ({ partition, message, heartbeat }) => {
      if (!seen.has(partition)) {
        seen.add(partition)
        console.log(`FIRST ${partition} ${message.offset} ${message.timestamp}`)
      }
      if (Number(delay) > 0) {
        await new Promise(resolve => setTimeout(resolve, Number(delay)))
        await heartbeat()
      }
    },
  })
}

process.on('SIGTERM', async () => {
  await consumer.disconnect()
  process.exit(0)
})
main().catch(e => {
  console.log(`FAILED ${e.message}`)
  process.exit(1)
})
