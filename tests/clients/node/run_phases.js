// SPDX-License-Identifier: GPL-3.0-or-later
// Runs the scenarios of one phase, prints a line for each, and ends the process.
module.exports = async function runPhases(scenarios) {
  let failed = false
  for (const [name, scenario] of scenarios) {
    try {
      await scenario()
      console.log(`PASS ${name}`)
    } catch (error) {
      failed = true
      const causes = [error.cause, ...(error.errors || [])].filter(Boolean).map(each => each.message).join('; ')
      console.log(`FAIL ${name}: ${String(error.message || error).slice(0, 200)} ${causes.slice(0, 200)}`)
    }
  }
  process.exit(failed ? 1 : 0)
}
