// SPDX-License-Identifier: GPL-3.0-or-later
// What the Node programs of run_matrix.py share.
const crypto = require('crypto')
const fs = require('fs')
const readline = require('readline')

const RUN = crypto.randomBytes(4).toString('hex')
const answers = readline.createInterface({ input: process.stdin })[Symbol.asyncIterator]()

function expect(what, got, wanted) {
  const text = v => JSON.stringify(v, (_, x) => (typeof x === 'bigint' ? `${x}` : x))
  if (text(got) !== text(wanted)) {
    throw new Error(`${what}: got ${text(got)?.slice(0, 120)}, wanted ${text(wanted)?.slice(0, 120)}`)
  }
}

async function until(condition, what, seconds = 60) {
  const end = Date.now() + seconds * 1000
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(typeof what === 'function' ? what() : what)
    await new Promise(resolve => setTimeout(resolve, 50))
  }
}

async function refused(work, what) {
  try {
    await work()
  } catch (error) {
    return error
  }
  throw new Error(`${what} was not refused`)
}

/** Asks run_matrix.py for it; the broker listens again afterwards. */
async function restartBroker() {
  console.log('RESTART')
  expect('restarted', (await answers.next()).value, 'restarted')
}

const numbered = (count, from = 0) => Array.from({ length: count }, (_, i) => `${from + i}`)

/** Whether each member has something and all together have `count` partitions. */
const shared = (members, count) => until(
  () => members.every(m => m.owned.length > 0) &&
    JSON.stringify(members.flatMap(m => m.owned).sort()) === JSON.stringify(numbered(count).map(Number)),
  () => `never settled: ${JSON.stringify(members.map(m => m.owned))}`)

/** Reads everything of a topic before a marker that is written then, as readers of committed data see it, with a
 * client's own `produce` and `member`. */
const readsWith = (produce, member, plain) => async (topic, at = plain) => {
  await produce(topic, ['end'], at)
  const got = []
  const reader = await member(`reader-${topic}-${Math.random()}`, topic, value => got.push(value), at)
  await until(() => got.at(-1) === 'end', 'the marker never came')
  await reader.stop()
  return got.slice(0, -1)
}

const tls = withCertificate => ({
  ca: [fs.readFileSync(process.env.WEIR_CA)],
  ...(withCertificate ? { cert: fs.readFileSync(process.env.WEIR_CERT), key: fs.readFileSync(process.env.WEIR_KEY) } : {}),
})

const logins = [['PLAIN', process.env.WEIR_PASSWORD], ['SCRAM-SHA-256', process.env.WEIR_SCRAM_PASSWORD],
  ['SCRAM-SHA-512', process.env.WEIR_SCRAM_PASSWORD]]

module.exports = { RUN, expect, until, refused, restartBroker, numbered, readsWith, shared, tls, logins }
