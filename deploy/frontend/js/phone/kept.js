// The one door to what is kept on this phone (IndexedDB), for the page and for the service worker alike. Every change is one
// transaction, so that a tab killed at any moment, or a second tab, leaves either all of it or none of it behind.
import { openDB } from 'idb'

const NAME = 'opendoor'
const SCHEMA = 1 // of the database only; the caches of the service worker have their own version
const CHANNEL = 'opendoor-kept'

// The phone has no room: what was being kept was not kept, what was kept before still is.
export class PhoneFull extends Error {
  constructor() { super('The phone is full.'); this.name = 'PhoneFull' }
}

// The visit waits to be sent or was sent, so it cannot be written in; `state` says which.
export class NotWriting extends Error {
  constructor(state) { super(`The visit is ${state}.`); this.name = 'NotWriting'; this.state = state }
}

let opening = null

function database() {
  if (!opening) {
    opening = openDB(NAME, SCHEMA, {
      upgrade(db) {
        db.createObjectStore('visits', { keyPath: 'id' }).createIndex('owner', 'owner')
        db.createObjectStore('files', { keyPath: 'id' }).createIndex('visit', 'visit')
        db.createObjectStore('settings')
      },
      blocking() { opening?.then((db) => db.close()); opening = null },
      terminated() { opening = null },
    })
    opening.catch(() => { opening = null })
  }
  return opening
}

async function read(store, work) {
  return work((await database()).transaction(store).store)
}

async function write(stores, work, durability = 'strict') {
  const tx = (await database()).transaction(stores, 'readwrite', { durability })
  const working = Promise.resolve().then(() => work(tx))
  const [worked, done] = await Promise.allSettled([working.catch((error) => { abort(tx); throw error }), tx.done])
  for (const { reason } of [worked, done]) if (reason?.name === 'QuotaExceededError') throw new PhoneFull()
  if (worked.reason) throw worked.reason
  if (done.reason) throw done.reason
  return worked.value
}

function abort(tx) {
  try { tx.abort() } catch { /* it ended by itself */ }
}

const now = () => new Date().toISOString()
const newest = (visits) => visits.sort((a, b) => (a.savedAt < b.savedAt ? 1 : -1))

// A visit: id owner assignment page title draft state savedAt shared_phone, and for its sending: body (what goes), accepted (the
// server has the body), lost (ids of files that are gone), said: null or {code, detail, errors}; the words of a code come from the page.
//
// Visits -------------------------------------------------------------------------------------------------------------------

// What this person keeps here of an assignment: the one being written or on its way, else the last one that is safe, else null.
export async function visitFor(owner, assignment) {
  const mine = (await visitsHere(owner)).filter((visit) => visit.assignment === assignment)
  return mine.find((visit) => visit.state !== 'safe') || mine[0] || null
}

export const visitOf = (id) => read('visits', async (visits) => (await visits.get(id)) || null)

// The newest first; of one person, or of all when nobody is named.
export async function visitsHere(owner) {
  return newest(await read('visits', (visits) => (owner === undefined ? visits.getAll() : visits.index('owner').getAll(owner))))
}

// Starts a visit and gives it its id, under which it is sent in the end. `page` is the address of its page, to carry on.
export async function beginVisit({ owner, assignment, page, title, draft }) {
  const visit = {
    id: crypto.randomUUID(), owner, assignment, page, title, draft,
    state: 'writing', said: null, savedAt: now(), shared_phone: false, body: null, accepted: false, lost: [],
  }
  await write(['visits'], (tx) => tx.objectStore('visits').add(visit))
  tell(visit.id)
  return visit
}

// Changes the draft as it is at this moment, so that two tabs lose nothing of each other. `change` must not wait for anything.
// Throws NotWriting when the visit is queued or safe (see `writeAgain`), and when it is gone from this phone.
export async function changeVisit(id, change) {
  return changeRecord(id, (visit) => {
    refuseUnlessWriting(visit)
    const replaced = change(visit.draft)
    if (replaced !== undefined) visit.draft = replaced
  }, 'relaxed')
}

// A file that was refused, or is lost, taken out of a visit that waits or was refused; the rest goes to be sent again.
export async function takeOut(id, fileId) {
  await write(['visits', 'files'], async (tx) => {
    const visits = tx.objectStore('visits')
    const visit = await visits.get(id)
    if (!visit || visit.state === 'safe') throw new NotWriting(visit ? visit.state : 'gone')
    leaveOut(visit.draft, fileId)
    leaveOut(visit.body, fileId)
    await tx.objectStore('files').delete(fileId)
    const lost = (visit.lost || []).filter((one) => one !== fileId)
    await visits.put({ ...visit, lost, said: null, accepted: false, state: visit.body ? 'queued' : 'writing', savedAt: now() })
  })
  tell(id)
}

// Says something of the visit itself, not of its draft: shared_phone, said, state.
export const markVisit = (id, marks) => changeRecord(id, (visit) => { Object.assign(visit, marks) })

// How its sending ended; nothing, when somebody took it out of the queue meanwhile and is writing in it again.
export const markSent = (id, marks) => changeRecord(id, (visit) => { if (visit.state !== 'writing') Object.assign(visit, marks) })

// Ready to go: `body` is what the server is to get (wire.md section 3). From here on sending is the sender's business.
export async function queueVisit(id, body) {
  const queued = await write(['visits', 'files'], async (tx) => {
    const visits = tx.objectStore('visits')
    const visit = await visits.get(id)
    if (!visit || visit.state === 'safe') throw new NotWriting(visit ? visit.state : 'gone')
    const going = structuredClone(body)
    const files = tx.objectStore('files')
    for (const file of await files.index('visit').getAll(id)) await nameIn(files, file, [visit.draft, going])
    Object.assign(visit, { state: 'queued', said: null, body: going, accepted: false, savedAt: now() })
    await visits.put(visit)
    return visit
  })
  tell(id)
  return queued
}

// What is listed is what lies here, whatever was interrupted on the way. A file that was changed after its listing may have gone out
// needs a new id: for the server one id is one file for ever.
async function nameIn(files, file, told) {
  const id = file.told && file.told !== file.sha256 ? crypto.randomUUID() : file.id
  if (id !== file.id) await files.delete(file.id)
  for (const one of told.flatMap((draft) => entriesIn(draft, file.id))) {
    Object.assign(one, { sha256: file.sha256, media_type: file.media_type, bytes: file.bytes })
    if (id !== file.id) Object.assign(one, JSON.parse(JSON.stringify(one).replaceAll(file.id, id)))
  }
  // What the server said of the file before is not said of this one.
  const unsent = id === file.id ? {} : { state: 'here', why: null }
  if (file.told !== file.sha256) await files.put({ ...file, ...unsent, id, told: file.sha256 })
}

const entriesIn = (told, id) =>
  [...(told?.photos || []), ...(told?.voice_notes || [])].filter((one) => (one.photo_id || one.voice_id) === id)

// Out of the queue, to change something first. What the server has of it already becomes a correction when it is sent again. `anew`: the
// questions changed meanwhile, and it goes on with the new ones as soon as this phone has them.
export const writeAgain = (id, { anew = false } = {}) =>
  changeRecord(id, (visit) => { if (visit.state !== 'safe') Object.assign(visit, { state: 'writing', said: null, body: null, anew }) })

async function changeRecord(id, change, durability) {
  const changed = await write(['visits'], async (tx) => {
    const visits = tx.objectStore('visits')
    const visit = await visits.get(id)
    if (!visit) throw new NotWriting('gone')
    change(visit)
    visit.savedAt = now()
    await visits.put(visit)
    return visit
  }, durability)
  tell(id)
  return changed
}

function refuseUnlessWriting(visit) {
  if (!visit) throw new NotWriting('gone')
  if (visit.state === 'queued' || visit.state === 'safe') throw new NotWriting(visit.state)
}

// Files --------------------------------------------------------------------------------------------------------------------

// Keeps a photo or a voice note with its hash; the same id again replaces it. Gives back what is kept, without the blob.
export async function keepFile(visitId, { id, kind, blob, media_type: mediaType, width = null, height = null }) {
  const sha256 = await hashOf(blob)
  const file = {
    id, visit: visitId, kind, sha256, media_type: mediaType, bytes: blob.size, state: 'here', why: null, width, height,
  }
  await write(['visits', 'files'], async (tx) => {
    const visits = tx.objectStore('visits')
    const visit = await visits.get(visitId)
    refuseUnlessWriting(visit)
    // A photo that was covered has other bytes: the draft that names it says so in the same breath.
    const named = visit.draft?.photos?.find((photo) => photo.photo_id === id)
    if (named) {
      Object.assign(named, { sha256, media_type: mediaType, bytes: blob.size })
      await visits.put(visit)
    }
    const files = tx.objectStore('files')
    const before = await files.get(id)
    await files.put({ ...file, blob, told: before?.told || null })
  })
  tell(visitId)
  return file
}

async function hashOf(blob) {
  const digest = await crypto.subtle.digest('SHA-256', await blob.arrayBuffer())
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

// The whole file, blob and all; null when it is not here.
export const fileOf = (id) => read('files', async (files) => (await files.get(id)) || null)

// The files of a visit, without their blobs.
export async function filesOf(visitId) {
  const files = await read('files', (all) => all.index('visit').getAll(visitId))
  return files.map(({ blob, ...file }) => file)
}

// Says how far a file is: here, safe (the server said so), refused (with why).
export async function markFile(id, marks) {
  const file = await write(['files'], async (tx) => {
    const found = await tx.store.get(id)
    if (found) await tx.store.put({ ...found, ...marks })
    return found
  })
  if (file) tell(file.visit)
}

function leaveOut(told, id) {
  if (told?.photos) told.photos = told.photos.filter((one) => one.photo_id !== id)
  if (told?.voice_notes) told.voice_notes = told.voice_notes.filter((one) => one.voice_id !== id)
}

// Takes a file away from this phone, and out of the draft that names it.
export async function dropFile(id) {
  const visitId = await write(['visits', 'files'], async (tx) => {
    const files = tx.objectStore('files')
    const file = await files.get(id)
    if (!file) return null
    const visits = tx.objectStore('visits')
    const visit = await visits.get(file.visit)
    refuseUnlessWriting(visit)
    await files.delete(id)
    leaveOut(visit.draft, id)
    await visits.put({ ...visit, savedAt: now() })
    return file.visit
  })
  if (visitId) tell(visitId)
}

// Forgetting ---------------------------------------------------------------------------------------------------------------

// The visit and everything of it, gone from this phone.
export async function forgetVisit(id) {
  await write(['visits', 'files'], async (tx) => {
    const files = tx.objectStore('files')
    for (const key of await files.index('visit').getAllKeys(id)) await files.delete(key)
    await tx.objectStore('visits').delete(id)
  })
  tell(id)
}

// Everything, of everybody, gone from this phone.
export async function forgetAll() {
  await write(['visits', 'files', 'settings'], (tx) =>
    Promise.all(['visits', 'files', 'settings'].map((name) => tx.objectStore(name).clear())))
  tell(null)
}

// What the phone itself remembers: `owner` (who was signed in here last), and the like.
export const setting = (name) => read('settings', async (settings) => (await settings.get(name)) ?? null)
export const setSetting = (name, value) =>
  write(['settings'], (tx) => (value === null ? tx.store.delete(name) : tx.store.put(value, name)))

// Changes a setting as it is at this moment. `change` must not wait for anything; null takes the setting away.
export const changeSetting = (name, change) => write(['settings'], async (tx) => {
  const value = change((await tx.store.get(name)) ?? null)
  await (value === null ? tx.store.delete(name) : tx.store.put(value, name))
  return value
})

// Asks the browser not to throw things away when it runs out of room. Answers whether it agreed.
export async function askToPersist() {
  try { return Boolean(await navigator.storage?.persist?.()) } catch { return false }
}

// Hearing of changes -------------------------------------------------------------------------------------------------------

const listeners = new Set()
const channel = typeof BroadcastChannel === 'function' ? new BroadcastChannel(CHANNEL) : null
if (channel) channel.onmessage = ({ data }) => listeners.forEach((listener) => listener(data.visit, data.news))

// `news`: {sending: id of a file, or 'answers'} while it goes out; {wiped: {safe, all}} when a shared phone forgot it after the receipt.
export function tell(visit, news = {}) {
  listeners.forEach((listener) => listener(visit, news))
  channel?.postMessage({ visit, news })
}

// Calls `listener(visitId, news)` after every change, made here, in another tab, or by the service worker; visitId is null when all
// was forgotten. Gives back a way to stop it.
export function onChange(listener) {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
