// Sends what waits on this phone, from the page or from the service worker, one sender at a time. Whatever breaks, the same is sent
// again without harm, and nothing is called safe before the server's receipt says so.
import { asksToWait, waitIsOver, waitLeft } from './asked_to_wait.js'
import {
  changeSetting, fileOf, filesOf, forgetVisit, markFile, markSent, markVisit, NotWriting, PhoneFull, setSetting, setting, tell, visitOf, visitsHere,
} from './kept.js'

export const TAG = 'opendoor-send'
const API = '/api/intake/v1'
const PATIENCE = 30_000
const PATIENCE_FOR_A_FILE = 150_000
const LEASE = 60_000

// Ends the whole round: trying the next visit would meet the same. `later`: it is worth trying again by itself.
class Halt extends Error {
  constructor(code, { later = true } = {}) { super(code); this.code = code; this.later = later }
}

// The server will not have this visit as it is.
class Refused extends Error {
  constructor(code, problem = {}) { super(code); this.said = { code, detail: problem.detail || null, errors: (problem.errors || []).slice(0, 20) } }
}

// Sends everything that is queued. Answers {busy} when another tab or the worker is at it; else {sent, left, later, code}. Nothing
// goes while the server asked for time, unless a person wants it to go `atOnce`.
export async function sendWaiting({ atOnce = false } = {}) {
  return oneAtATime(async () => {
    const waiting = (await visitsHere()).filter((visit) => visit.state === 'queued').reverse()
    if (!waiting.length) return { sent: 0, left: 0, later: false, code: null }
    let sent = 0
    try {
      if (!atOnce && (await waitLeft())) throw new Halt('busy')
      const { owner, csrf_token: token } = await whoAmI()
      if (atOnce) await waitIsOver()
      for (const visit of waiting) {
        if (visit.owner !== owner) await say(visit, 'other-person')
        else if (await sendOne(visit, token)) sent += 1
      }
    } catch (halt) {
      if (!(halt instanceof Halt)) throw halt
      const still = (await visitsHere()).filter((visit) => visit.state === 'queued')
      await Promise.all(still.map((visit) => say(visit, halt.code)))
      return { sent, left: still.length, later: halt.later, code: halt.code }
    }
    const left = (await visitsHere()).filter((visit) => visit.state === 'queued').length
    return { sent, left, later: false, code: null }
  })
}

// A phone without room still sends: how far that got is then learned from the server again.
async function ifRoom(note) {
  try { await note } catch (error) { if (!(error instanceof PhoneFull)) throw error }
}

const say = (visit, code) => (visit.said?.code === code ? null : ifRoom(markVisit(visit.id, { said: { code, detail: null, errors: [] } })))

async function whoAmI() {
  const answer = await ask('GET', '/phone')
  if (answer.status !== 200 || !answer.body.owner) throw new Halt('server-away')
  if ((await setting('owner')) !== answer.body.owner) await ifRoom(setSetting('owner', answer.body.owner))
  return answer.body
}

async function sendOne(visit, token) {
  try {
    const receipt = visit.accepted ? await receiptOf(visit) : await sendAnswers(visit, token)
    await sendFiles(visit, token, receipt)
    return await settle(visit, await receiptOf(visit))
  } catch (error) {
    if (error instanceof NotWriting) return false // it was deleted meanwhile
    if (!(error instanceof Refused)) throw error
    await markSent(visit.id, { state: 'refused', said: error.said })
    return false
  } finally {
    tell(visit.id)
  }
}

// The answers -------------------------------------------------------------------------------------------------------------------

async function sendAnswers(visit, token) {
  tell(visit.id, { sending: 'answers' })
  const json = { body: JSON.stringify(visit.body), type: 'application/json', token }
  const answer = await ask('PUT', `/visits/${visit.id}`, json)
  if (answer.status === 409 && answer.body.code === 'visit-differs') await correct(visit, json)
  else if (answer.status > 201) throw refusal(answer)
  await ifRoom(markVisit(visit.id, { accepted: true }))
  return answer.status > 201 ? receiptOf(visit) : answer.body
}

// An earlier copy of this very visit did arrive, though we never heard so. What is on the phone is newer: it becomes a correction.
async function correct(visit, json) {
  const there = await ask('GET', `/visits/${visit.id}`)
  if (there.status !== 200) throw refusal(there)
  const answer = await ask('PUT', `/visits/${visit.id}/amendment`, { ...json, match: there.etag })
  if (answer.status === 409) throw new Refused('closed-for-changes', answer.body)
  if (answer.status === 412) throw new Halt('busy')
  if (answer.status !== 200) throw refusal(answer)
}

function refusal({ status, body }) {
  if (status === 403 && body.code === 'form-expired') return new Halt('busy')
  if (status === 403 || status === 404) return new Refused('not-yours', body)
  if (status === 409) return new Refused(body.code === 'not-open' ? 'not-open' : body.code === 'withdrawn' ? 'taken-back' : 'refused', body)
  if (status === 413) return new Refused('too-big', body)
  if (status === 422) {
    const about = (name) => (body.errors || []).some(({ pointer }) => pointer.startsWith(name))
    return new Refused(about('/instrument') ? 'new-questions' : about('/visited_on') ? 'wrong-day' : 'wrong-content', body)
  }
  return new Refused('refused', body)
}

// The files -------------------------------------------------------------------------------------------------------------------

// Everything a body or a receipt names, alike for photos and voice notes.
function listedIn(told) {
  const photos = (told?.photos || []).map((one) => ({ ...one, id: one.photo_id, kind: 'photo', where: 'photos' }))
  const notes = (told?.voice_notes || []).map((one) => ({ ...one, id: one.voice_id, kind: 'voice', where: 'voice-notes' }))
  return [...photos, ...notes]
}

async function sendFiles(visit, token, receipt) {
  const there = new Map(listedIn(receipt).map((one) => [one.id, one]))
  const lost = []
  for (const one of listedIn(visit.body)) {
    const known = there.get(one.id)
    if (known && known.state !== 'missing') await ifRoom(markFile(one.id, stateOf(known)))
    else if (!(await sendFile(visit, one, token))) lost.push(one.id)
  }
  if (lost.length || visit.lost?.length) await ifRoom(markVisit(visit.id, { lost }))
}

const stateOf = ({ state, why }) => (state === 'refused' ? { state, why } : state === 'missing' ? { state: 'here', why: null } : { state: 'safe', why: null })

// Whether the file is still on the phone; the server's word about it is kept with it.
async function sendFile(visit, { id, where, sha256 }, token) {
  const file = await fileOf(id)
  const bytes = file && (await bytesOf(file, sha256))
  if (!bytes) return false
  tell(visit.id, { sending: id })
  const answer = await ask('PUT', `/visits/${visit.id}/${where}/${id}`, { body: bytes, type: file.media_type, token, patience: PATIENCE_FOR_A_FILE })
  if (answer.status <= 201) await ifRoom(markFile(id, { state: 'safe', why: null }))
  else if (answer.status === 422 && answer.body.code === 'hash-differs') throw new Halt('busy') // changed on the way: again, later
  else if (answer.status === 422 || answer.status === 413) await markFile(id, { state: 'refused', why: answer.body.detail || null })
  else throw refusal(answer)
  return true
}

// The bytes, if they are still those that were hashed when they were kept; a phone may lose them while it says it has them.
async function bytesOf(file, sha256) {
  try {
    const bytes = await file.blob.arrayBuffer()
    return bytes.byteLength === file.bytes && file.sha256 === sha256 ? bytes : null
  } catch {
    return null
  }
}

// The receipt -----------------------------------------------------------------------------------------------------------------

async function receiptOf(visit) {
  const answer = await ask('GET', `/visits/${visit.id}/receipt`)
  if (answer.status === 404) {
    await markVisit(visit.id, { accepted: false })
    throw new Refused('not-yours', answer.body)
  }
  if (answer.status !== 200) throw refusal(answer)
  return answer.body
}

async function settle(visit, receipt) {
  if (receipt.withdrawn_at) throw new Refused('taken-back')
  const states = new Map(listedIn(receipt).map((one) => [one.id, one]))
  const listed = listedIn(visit.body).map((one) => states.get(one.id) || { ...one, state: 'missing' })
  for (const one of listed) await ifRoom(markFile(one.id, stateOf(one)))
  const now = await visitOf(visit.id)
  if (now?.state === 'writing') return false // it was taken out of the queue meanwhile, and is sent again as it is then
  const missing = listed.filter((one) => one.state === 'missing')
  if (missing.some((one) => !now?.lost?.includes(one.id))) throw new Halt('busy')
  if (missing.length || listed.some((one) => one.state === 'refused')) throw new Refused('file-refused')
  if (receipt.visit_id !== visit.id || receipt.state === 'receiving') throw new Halt('busy')
  const all = 1 + listed.length
  if (now?.shared_phone) {
    await forgetVisit(visit.id)
    tell(visit.id, { wiped: { safe: all, all } })
  } else {
    await markSent(visit.id, { state: 'safe', said: null })
  }
  return true
}

// How far a visit is: the answers first, then its files; `words` are those of the page. Nothing is safe before the server said so.
export async function progressOf(visit, words) {
  const kept = new Map((await filesOf(visit.id)).map((file) => [file.id, file]))
  const counts = { photo: 0, voice: 0 }
  const answers = { id: 'answers', name: words['file-visit'], state: visit.accepted || visit.state === 'safe' ? 'safe' : 'here', why: null }
  const files = listedIn(visit.body).map(({ id, kind }) => {
    counts[kind] += 1
    const file = kept.get(id)
    const lost = !file || visit.lost?.includes(id)
    const name = words[`file-${kind}`].replace('%(number)s', counts[kind])
    // A phone that was full may know that the visit is safe, with all its files, and not have noted it of each of them.
    if (visit.state === 'safe') return { id, name, state: 'safe', why: null }
    if (lost && file?.state !== 'safe') return { id, name, state: 'refused', why: words['file-lost'] }
    return { id, name, state: file.state, why: file.why }
  })
  const all = [answers, ...files]
  return { files: all, safe: all.filter((file) => file.state === 'safe').length, all: all.length }
}

// The line --------------------------------------------------------------------------------------------------------------------

// One call. Answers {status, body, etag}; throws Halt when there is no use in going on now. Whether there is a line is what a call
// shows, never what the phone says of itself: that only chooses the words.
async function ask(method, path, { body, type, token, match, patience = PATIENCE } = {}) {
  const headers = { Accept: 'application/json' }
  if (type) headers['Content-Type'] = type
  if (token) headers['X-CSRFToken'] = token
  if (match) headers['If-Match'] = match
  const waiting = new AbortController()
  const timer = setTimeout(() => waiting.abort(), patience)
  try {
    const response = await fetch(API + path, { method, headers, body, signal: waiting.signal, cache: 'no-store', credentials: 'same-origin' })
    await haltIfAway(response)
    // What is not JSON does not come from Open Door: a page of the shop's own wireless network, say.
    if (!/json/.test(response.headers.get('Content-Type'))) throw new Halt('server-away')
    const said = await response.json()
    return { status: response.status, body: said, etag: response.headers.get('ETag') }
  } catch (error) {
    if (error instanceof Halt) throw error
    throw new Halt(navigator.onLine === false ? 'no-signal' : 'server-away')
  } finally {
    clearTimeout(timer)
  }
}

async function haltIfAway({ status, headers }) {
  if (status === 401) throw new Halt('sign-in', { later: false })
  if (await asksToWait({ status, headers })) throw new Halt('busy')
  if (status >= 500) throw new Halt('server-away')
}

async function oneAtATime(work) {
  if (navigator.locks) {
    return navigator.locks.request(TAG, { ifAvailable: true }, (lock) => (lock ? work() : { busy: true }))
  }
  return withLease(work)
}

// Older phones: a note that other senders respect until it runs out, as it does when its tab is killed.
async function withLease(work) {
  const by = crypto.randomUUID()
  const mine = () => ({ by, until: Date.now() + LEASE })
  const holds = (lease) => lease?.until > Date.now() && lease.until <= Date.now() + LEASE
  const lease = await changeSetting('lease', (now) => (holds(now) ? now : mine()))
  if (lease.by !== by) return { busy: true }
  const holding = setInterval(() => changeSetting('lease', (now) => (now?.by === by ? mine() : now)), LEASE / 3)
  try {
    return await work()
  } finally {
    clearInterval(holding)
    await changeSetting('lease', (now) => (now?.by === by ? null : now))
  }
}
