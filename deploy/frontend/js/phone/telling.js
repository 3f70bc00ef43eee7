// What the charity must hear of a person, apart from any visit: that they stopped, take a break, go on, or are out. Kept until
// the server has said that it knows, in the order in which it was done, even when the visit itself is thrown away meanwhile.
import { asksToWait, waitLeft } from './asked_to_wait.js'
import { changeSetting, setting } from './kept.js'

const KEY = 'tell'
const TICKET = '/api/intake/v1/phone'

export const willTell = (owner, assignment, act) =>
  changeSetting(KEY, (acts) => [...(acts ?? []), { id: crypto.randomUUID(), owner, assignment, act }])

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
  let acts = (await setting(KEY)) ?? []
  let ticket = null
  if (acts.length && !atOnce && (await waitLeft())) return { waiting: true, inside }
  while (acts.length) {
    try {
      ticket ||= await ticketNow()
      const [act] = acts
      if (!ticket || act.owner !== ticket.owner) return { waiting: true, inside }
      const response = await fetch(`${TICKET}/assignments/${act.assignment}/${act.act}`, {
        method: 'POST', headers: { 'X-CSRFToken': ticket.csrf_token }, credentials: 'same-origin',
      })
      if ((await asksToWait(response)) || !settled(response.status)) return { waiting: true, inside }
      if (response.ok) ({ inside } = await response.json())
      acts = (await changeSetting(KEY, (left) => (left ?? []).filter((one) => one.id !== act.id))) ?? []
    } catch {
      return { waiting: true, inside }
    }
  }
  return { waiting: false, inside }
}

// Not to be tried again: it is known, or it never can be (the visit is not asked of this person any more).
const settled = (status) => status < 400 || status === 404 || status === 422

async function ticketNow() {
  const response = await fetch(TICKET, { credentials: 'same-origin', cache: 'no-store' })
  await asksToWait(response)
  return response.ok ? response.json() : null
}
