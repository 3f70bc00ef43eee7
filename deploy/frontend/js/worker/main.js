// The service worker: opens the visits of this phone with no signal, sends what waits when there is one again, and keeps nothing else
// of anybody: no other page of a signed-in person, no answer of the server.
/* global BUILD, FILES_OF_THIS_BUILD */
import './fetch_kept.js'
import { waitLeft } from '../phone/asked_to_wait.js'
import { setSetting, setting } from '../phone/kept.js'
import { sendWaiting, TAG } from '../phone/sending.js'
import { tellWaiting } from '../phone/telling.js'

const FILES = `opendoor-files-${BUILD}`
const PAGES = 'opendoor-pages-1' // one name for all builds: pages are renewed one by one, so that none is lost on the way
const SHELL = '/on-this-phone'
const EXIT = '/weather'
const OWNER = 'X-Open-Door-Owner'
const SAID = 'X-Open-Door-Said'
const PHONE_PAGE = /^\/visits\/[0-9a-f-]{36}\/phone$/
const PATIENCE = 4000
const FRESH = 3_600_000
let signOuts = 0 // what was asked for before the last one is not kept after it
const WAITS_HERE = 60_000 // a browser lets a worker be awake for some minutes, and gives it few tries

self.addEventListener('install', (event) => event.waitUntil(install()))
self.addEventListener('activate', (event) => event.waitUntil(activate()))
self.addEventListener('fetch', (event) => {
  const answer = answerTo(event)
  if (answer) event.respondWith(answer)
})
self.addEventListener('message', (event) => {
  const { keep: addresses, language } = event.data ?? {}
  if (addresses) event.waitUntil(keep(addresses, language).catch(() => false).then((all) => event.ports[0]?.postMessage(all)))
})
self.addEventListener('sync', (event) => { if (event.tag === TAG) event.waitUntil(sendInTheBackground()) })

async function install() {
  const cache = await caches.open(FILES)
  await cache.addAll([...FILES_OF_THIS_BUILD, new Request(EXIT, { cache: 'no-cache' })])
  await renewShell()
  await self.skipWaiting()
}

async function activate() {
  await self.clients.claim()
  await renewPages()
}

// The offline page speaks the language that was chosen last, so it is fetched anew now and then; it says nothing of anybody.
async function renewShell() {
  const response = await fetch(SHELL, { cache: 'no-store' })
  if (response.ok) await (await caches.open(FILES)).put(SHELL, response)
}

// Pages that were kept by an older build name its files. Only when all of them are new may those files go.
async function renewPages() {
  const pages = await caches.open(PAGES)
  const kept = (await pages.keys()).map((request) => new URL(request.url).pathname)
  const renewed = await Promise.all(kept.filter((address) => PHONE_PAGE.test(address)).map(keepPage))
  if (!renewed.every(Boolean)) return
  const old = (await caches.keys()).filter((name) => name.startsWith('opendoor-') && name !== FILES && name !== PAGES)
  await Promise.all(old.map((name) => caches.delete(name)))
}

// Whether all of them are kept now. What was kept a little while ago, in this language, is not fetched again: a phone pays by the byte.
async function keep(addresses, language) {
  const speaks = await setting('language')
  const same = speaks === language
  if (!same) await setSetting('language', language)
  const wanted = addresses.filter((address) => PHONE_PAGE.test(address))
  const kept = await Promise.all(wanted.map(async (address) => (same && isFresh(await keptPage(address))) || keepPage(address)))
  if (!same) await renewShell().catch(() => {})
  return kept.every(Boolean)
}

const isFresh = (response) => Boolean(response) && Date.now() - Date.parse(response.headers.get('Date')) < FRESH

// Whether the page is as it should be now: kept anew, or forgotten.
async function keepPage(address) {
  const since = signOuts
  try {
    return await take(address, since, await fetch(address, { cache: 'no-store', redirect: 'manual', credentials: 'same-origin' }))
  } catch {
    return false
  }
}

// Keeps a page that came for the person who is signed in, with the questions and words that it needs; forgets one that is no longer theirs to see.
async function take(address, since, response) {
  const owner = response.headers.get(OWNER)
  if (response.ok && owner) {
    if (!(await noteOwner(owner, since))) return false
    const pages = await caches.open(PAGES)
    const said = response.headers.get(SAID)
    if (said && !(await pages.match(said, { ignoreVary: true }))) await pages.add(said)
    await pages.put(address, response)
    if (since === signOuts) return true
    await forget() // signed out while it was being kept
    return false
  }
  if (response.status !== 404) return false
  await (await caches.open(PAGES)).delete(address)
  return true
}

// Whether this person is still the one who is signed in here.
async function noteOwner(owner, since) {
  const before = await setting('owner')
  if (since !== signOuts) return false
  if (before === owner) return true
  if (before) await caches.delete(PAGES)
  await setSetting('owner', owner)
  if (since === signOuts) return true
  await forget()
  return false
}

async function forget() {
  await caches.delete(PAGES)
  await setSetting('owner', null)
}

function answerTo(event) {
  const { request } = event
  const url = new URL(request.url)
  if (url.origin !== location.origin) return null
  if (request.method === 'POST') return url.pathname === '/sign-out' ? signOut(event) : null
  if (request.method !== 'GET') return null
  if (url.pathname.startsWith('/static/')) return fromFiles(request)
  if (request.mode !== 'navigate') return null
  if (url.pathname === EXIT) return fromFiles(EXIT)
  if (PHONE_PAGE.test(url.pathname)) return phonePage(event, url.pathname)
  if (url.pathname === SHELL) return fetch(request).catch(() => fromFiles(SHELL))
  return otherPage(request)
}

async function fromFiles(request) {
  return (await caches.match(request, { ignoreVary: true })) || fetch(request)
}

// The newest there is within some seconds, else the one that is kept; when the session has run out, too: what was written is on this
// phone, and the page says how to sign in again when it is time to send.
async function phonePage(event, address) {
  if (!(await isOut())) return fromFiles(SHELL)
  const since = signOuts
  const kept = await keptPage(address)
  const fresh = fetch(event.request)
  // A phone without room to keep the page still shows it.
  const taken = fresh.then((response) => response.clone()).then((copy) => take(address, since, copy))
  event.waitUntil(taken.catch(() => {}))
  if (!kept) return fresh.then(orShell, () => fromFiles(SHELL))
  const slow = new Promise((settle) => { setTimeout(settle, PATIENCE) })
  const first = await Promise.race([fresh, slow]).catch(() => null)
  const usable = first && first.status < 500 && first.type !== 'opaqueredirect'
  return usable ? first : kept
}

async function keptPage(address) {
  const kept = await (await caches.open(PAGES)).match(address, { ignoreVary: true })
  return kept && kept.headers.get(OWNER) === (await setting('owner')) ? kept : null
}

async function otherPage(request) {
  if (!(await isOut())) return fromFiles(SHELL)
  const since = signOuts
  try {
    const response = await fetch(request)
    const owner = response.headers.get(OWNER)
    if (owner) await noteOwner(owner, since).catch(() => {})
    return orShell(response)
  } catch {
    return fromFiles(SHELL)
  }
}

// A proxy that answers for a server that is away is no answer.
const orShell = (response) => (response.status >= 502 && response.status <= 504 ? fromFiles(SHELL).catch(() => response) : response)

// Nothing that somebody saw here opens again after they signed out. What they wrote and did not send stays, unseen until they are back.
// With no signal the server cannot be told, and the session would go on for whoever opens the phone next: then it is told before
// anything else of it is opened here.
async function signOut(event) {
  signOuts += 1
  const said = await event.request.clone().text()
  await setSetting('signing-out', said).catch(() => {}) // a phone without room signs out all the same
  await forget().catch(() => {})
  const answer = await fetch(event.request).catch(() => null)
  if (answer && answer.status < 500) {
    await setSetting('signing-out', null).catch(() => {}) // told again, and to a session that is gone, it does nothing
    return answer
  }
  await self.registration.sync?.register(TAG).catch(() => {})
  return fromFiles(SHELL)
}

let finishing = null

// Whether nobody who pressed "Sign out" is still signed in. Says it to the server now, once, where that could not be done then.
function isOut() {
  finishing ??= finishSigningOut().finally(() => { finishing = null })
  return finishing
}

async function finishSigningOut() {
  const said = await setting('signing-out').catch(() => null) // a phone that cannot remember anything shows its pages all the same
  if (said === null) return true
  const headers = { 'Content-Type': 'application/x-www-form-urlencoded' }
  const told = await fetch('/sign-out', { method: 'POST', body: said, headers, redirect: 'manual', credentials: 'same-origin' }).catch(() => null)
  if (!told || told.status >= 500) return false
  await setSetting('signing-out', null).catch(() => {})
  return true
}

async function sendInTheBackground() {
  if (!(await isOut())) throw new Error('The server was not told of a sign-out; the browser tries again.')
  const left = await waitLeft()
  if (left > WAITS_HERE) throw new Error('The server asked for time; the browser tries again.')
  if (left) await new Promise((settle) => { setTimeout(settle, left) })
  const { waiting } = await tellWaiting()
  const { later, busy } = await sendWaiting()
  if (later || busy || waiting) throw new Error('Not all was sent; the browser tries again.')
}
