// What the charity must hear of a person, apart from any visit: that they stopped, take a break, go on, or are out. Kept until
// the server has said that it knows, in the order in which it was done, even when the visit itself is thrown away meanwhile.
import { asksToWait, waitLeft } from './asked_to_wait.js'
import { changeSetting, setting } from './kept.js'

const KEY = 'tell'
const TICKET = '/api/intake/v1/phone'
const soon = () => AbortSignal.timeout?.(30_000)

let unkept = [] // what a full phone could not keep is told as long as this page lives

export async function willTell(owner, assignment, name) {
  const act = { id: crypto.randomUUID(), owner, assignment, act: name, at: Date.now() }
  try {
    await changeSetting(KEY, (acts) => [...(acts ?? []), act])
  } catch {
    unkept.push(act)
  }
}

const toTell = async () => [...((await setting(KEY)) ?? []), ...unkept]

async function told({ id }) {
  unkept = unkept.filter((one) => one.id !== id)
  await changeSetting(KEY, (left) => left?.filter((one) => one.id !== id) ?? null)
}

let telling = null

// Answers { waiting, inside }: whether something could not be told yet, and whether they are known to be inside (null: not known).
// By itself it leaves the server the time it asked for; what somebody does now is told `atOnce`.
export async function tellWaiting({ atOnce = false } = {}) {
  if (atOnce) await telling?.catch(() => {})
  telling ??= tellAll(atOnce).finally(() => { telling = null })
  return telling
}

async function tellAll(atOnce) {
  let inside = null
  let acts = await toTell()
  let ticket = null
  if (acts.length && !atOnce && (await waitLeft())) return { waiting: true, inside }
  while (acts.length) {
    try {
      ticket ||= await ticketNow()
      if (!ticket) return { waiting: true, inside }
      const act = acts.find((one) => one.owner === ticket.owner)
      if (!act) return { waiting: false, inside } // only somebody else's are left, who is not signed in
      const response = await fetch(`${TICKET}/assignments/${act.assignment}/${act.act}`, {
        method: 'POST', headers: { 'X-CSRFToken': ticket.csrf_token, 'Content-Type': 'application/json' }, credentials: 'same-origin', signal: soon(),
        body: JSON.stringify({ seconds_ago: secondsSince(act.at) }),
      })
      if ((await asksToWait(response)) || !settled(response.status)) return { waiting: true, inside }
      if (response.ok) ({ inside } = await response.json())
      await told(act)
      acts = await toTell()
    } catch {
      return { waiting: true, inside }
    }
  }
  return { waiting: false, inside }
}

// How long ago it was done, not when: the clock of a phone may be wrong. Null where that is not known.
const secondsSince = (at) => { const seconds = Math.round((Date.now() - at) / 1000); return seconds >= 0 ? seconds : null }

// Not to be tried again: it is known, or it never can be (the visit is not asked of this person any more).
const settled = (status) => status < 400 || status === 404 || status === 422

async function ticketNow() {
  const response = await fetch(TICKET, { credentials: 'same-origin', cache: 'no-store', signal: soon() })
  await asksToWait(response)
  return response.ok ? response.json() : null
}
