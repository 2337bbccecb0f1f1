import { Walk } from './lib.mjs'
import { intake } from './intake.mjs'
import { land } from './land.mjs'
import { matching } from './matching.mjs'
import { life } from './life.mjs'
import { operator } from './operator.mjs'
import { planner } from './planner.mjs'
import { progress } from './progress.mjs'
import { virtual } from './virtual.mjs'

const [base = 'http://127.0.0.1:8080', out = 'e2e-out'] = process.argv.slice(2)
const walk = new Walk(base, out)
// A wait begun before a click that failed: the step has already been counted as failed.
process.on('unhandledRejection', () => {})
await walk.open()
try {
  // The one-time link is used up first, before anything else can open it.
  await operator(walk)
  await planner(walk)
  await land(walk)
  await intake(walk)
  await progress(walk)
  await matching(walk)
  await life(walk)
  await virtual(walk)
} catch (error) {
  walk.check('the walk ran to its end', false, String(error))
}
walk.equal('no request left the origin', [...walk.strangers], [])
walk.equal('the page raised no error', walk.complaints, [])
await walk.browser.close()
console.log(`${walk.passed} passed, ${walk.failed} failed`)
process.exit(walk.failed ? 1 : 0)
