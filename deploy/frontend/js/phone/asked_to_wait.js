// The wait that the server asked for. It is kept on the phone, so that whatever sends by itself, in a page or in the service worker,
// leaves the server alone until it is over; only what a person presses goes at once.
import { setSetting, setting } from './kept.js'

const KEY = 'retry-at'
const LONGEST = 3_600_000
const BUSY = [408, 425, 429, 503]

// Milliseconds that are left of it. One that is further away than any can be comes from a clock that was set back.
export async function waitLeft() {
  const left = ((await setting(KEY)) ?? 0) - Date.now()
  return left > 0 && left <= LONGEST ? left : 0
}

export const waitIsOver = () => setSetting(KEY, null)

// Whether this answer says: not now. How long that is, is kept.
export async function asksToWait({ status, headers }) {
  if (!BUSY.includes(status)) return false
  await setSetting(KEY, Date.now() + waitAsked(headers.get('Retry-After'))).catch(() => {}) // a full phone cannot
  return true
}

function waitAsked(given) {
  const seconds = Number(given)
  const wait = Number.isFinite(seconds) && given ? seconds * 1000 : Date.parse(given) - Date.now()
  return Math.min(Math.max(wait || 0, 1000), LONGEST)
}
