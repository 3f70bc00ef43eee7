// When sending is tried: by the browser in the background where it can do that (Background Sync), and everywhere on loading a page, on
// coming back to it, when the line returns, after a wait that grows, and when somebody presses the button.
import { waitLeft } from './asked_to_wait.js'
import { onChange, visitsHere } from './kept.js'
import { sendWaiting, TAG } from './sending.js'
import { tellWaiting } from './telling.js'

const WAITS = [3, 10, 30, 90, 300].map((seconds) => seconds * 1000)

let tries = 0
let timer = 0
let underWay = null

// Tries now, or when the wait is over that the server asked for; `atOnce`: somebody pressed a button. Answers what sendWaiting answers.
export async function trySending(how) {
  if (how?.atOnce) await underWay?.catch(() => {})
  clearTimeout(timer)
  underWay ??= sendWaiting(how).then(plan, failed).finally(() => { underWay = null })
  return underWay
}

// The browser's own help is not waited for: where no worker could be put in place, that would be for ever.
async function plan(result) {
  if (result.later) askForSync()
  if (result.later || result.busy) again(await waitLeft())
  else tries = 0
  return result
}

function failed(error) {
  again(0)
  throw error
}

function again(atLeast) {
  clearTimeout(timer)
  timer = setTimeout(() => trySending().catch(() => {}), Math.max(atLeast, WAITS[Math.min(tries, WAITS.length - 1)]))
  tries += 1
}

// The browser wakes the service worker when there is a line again, though no page is open.
export async function askForSync() {
  try {
    const registration = await navigator.serviceWorker.ready
    await registration.sync.register(TAG)
  } catch { /* not every browser has it; the other ways remain */ }
}

// From now on, whatever waits is sent as soon as it can be.
export function sendByItself() {
  const now = async () => {
    if (!(await visitsHere()).some((visit) => visit.state === 'queued')) return
    tries = 0
    await trySending()
  }
  const quietly = () => {
    now().catch(() => {})
    tellWaiting().catch(() => {})
  }
  addEventListener('online', quietly)
  addEventListener('pageshow', quietly)
  document.addEventListener('visibilitychange', () => { if (document.visibilityState === 'visible') quietly() })
  quietly()
}

// Tells of the visit whenever it changes, here or elsewhere, until the answer is called.
export const watchVisit = (id, heard) => onChange((visit, news) => { if (visit === id || visit === null) heard(news) })
