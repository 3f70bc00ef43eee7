// "On this phone": what is kept here of the person who was signed in last, with what can be done about it. A visit that has a card on
// the page already is told of there: one card, one button, whatever was begun where. The words come from the page.
import { askForSync, trySending } from './by_itself.js'
import { forgetVisit, onChange, queueVisit, setting, takeOut, visitsHere } from './kept.js'
import { notAtOnce } from './one_tap.js'
import { progressOf } from './sending.js'

const make = (tag, look, ...inside) => {
  const element = document.createElement(tag)
  if (look) element.className = look
  element.append(...inside.filter(Boolean))
  return element
}

const FIRST = 'govuk-button'
const SECOND = 'govuk-button govuk-button--secondary'

const button = (words, look, done) => {
  const element = make('button', look, words)
  element.type = 'button'
  element.addEventListener('click', done)
  return element
}

// Fills `place`, and the cards of the page, and keeps them true. `all` also says when there is nothing, and which pages open without signal.
export function showHere(place, words, { all = false } = {}) {
  const asking = new Set()
  const hosts = [...document.querySelectorAll('[data-here-of]')]
  let sending = {}
  let drawing = Promise.resolve()
  let inOrder = false
  const draw = () => { drawing = drawing.then(redraw).catch(() => {}) }

  async function redraw() {
    const owner = await setting('owner')
    const visits = owner ? await visitsHere(owner) : []
    const hosted = new Map(hosts.map((host) => [host, visits.filter(({ assignment }) => assignment === host.dataset.hereOf)]))
    if (!inOrder) hosts.filter((host) => hosted.get(host).some(underWay)).reverse().forEach((host) => toFront(host, place))
    inOrder = true
    const alone = visits.filter((visit) => ![...hosted.values()].some((mine) => mine.includes(visit)))
    const cards = await Promise.all(alone.map(async (visit) => make('section', 'od-card', make('h2', 'od-card__title', visit.title), ...(await told(visit)))))
    const inside = await Promise.all(hosts.map(async (host) => (await Promise.all(hosted.get(host).map((visit) => told(visit, host)))).flat()))
    if (all && (await setting('signing-out')) !== null) cards.push(make('p', 'od-note', words['signing-out']))
    if (all && !owner) cards.push(make('p', '', words['none-known']))
    else if (all && !visits.length) cards.push(make('p', '', words['none-here']))
    const pages = all && owner ? await pagesHere(owner, visits) : []
    if (pages.length) cards.push(make('h2', '', words['pages-here']), make('ul', '', ...pages))
    const held = document.activeElement?.dataset?.key
    place.replaceChildren(...cards)
    place.hidden = !cards.length
    hosts.forEach((host, at) => {
      host.replaceChildren(...inside[at])
      giveWay(host, hosted.get(host).find(underWay))
    })
    if (held) document.querySelector(`[data-key="${held}"]`)?.focus()
  }

  // What is told of a visit, and what can be done with it; `host`: in a card of the page.
  async function told(visit, host = null) {
    const progress = visit.body ? await progressOf(visit, words) : null
    const says = make('div', '', ...sentences(visit, progress, host).map((text) => make('p', '', text)))
    says.setAttribute('role', 'status')
    const list = progress && !(host && visit.state === 'safe') && fileList(visit, progress)
    return [says, list, actions(visit, host)].filter(Boolean)
  }

  function sentences(visit, progress, host) {
    if (visit.state === 'safe') return [`${counted(progress, host ? 'sent-safe' : 'count-safe')} ${words['delete-now']}`]
    const under = visit.state === 'queued' && sending[visit.id]
    // "Only this phone has it" is not so when some of it is safe already.
    const state = visit.state === 'queued' && progress?.safe && !under ? null : words[`state-${under ? 'sending' : visit.state}`]
    const said = visit.said ? [words[`said-${visit.said.code}`], visit.said.detail] : []
    return [state, progress?.safe ? counted(progress) : null, ...said].filter(Boolean)
  }

  const counted = (progress, name = 'count-safe') => words[name].replace('%(safe)s', progress.safe).replace('%(all)s', progress.all)

  function fileList(visit, { files, all: count }) {
    if (count < 2) return null
    return make('ul', 'od-receipt', ...files.map((file) => {
      const state = sending[visit.id] === file.id && file.state === 'here' ? 'sending' : file.state
      const out = visit.state === 'refused' && file.state === 'refused'
      const take = out && button(words['take-out'], SECOND, () => retry(takeOut(visit.id, file.id)))
      return make('li', 'od-receipt__file', make('span', '', `${file.name}: ${words[`file-${state}`]}`, file.why ? `. ${file.why}` : '', take && ' ', take))
    }))
  }

  function actions(visit, host) {
    const line = make('div', 'od-actions')
    if (asking.has(visit.id)) {
      const question = words[visit.state === 'safe' ? 'delete-ask' : 'delete-ask-unsent']
      const yes = button(words['delete-yes'], 'govuk-button govuk-button--warning', () => forget(visit.id))
      const no = keyed(button(words['delete-no'], SECOND, () => { asking.delete(visit.id); draw() }), `delete-${visit.id}`)
      line.append(make('p', 'od-note', question), yes, no)
      notAtOnce(line)
      return line
    }
    const main = host ? firstIn(host)?.dataset.look ?? SECOND : FIRST
    const waits = visit.state === 'queued'
    const on = keyed(make('a', waits ? 'od-quiet-link' : main, words['carry-on']), `on-${visit.id}`)
    on.href = visit.page
    const send = keyed(button(words['send-now'], waits ? main : 'od-plain-button', () => retry(queueVisit(visit.id, visit.body))), `send-${visit.id}`)
    if (waits) line.append(send, on)
    else if (visit.state === 'refused' && visit.body) line.append(on, send)
    else if (visit.state !== 'safe') line.append(on)
    const look = visit.state === 'safe' && !host ? SECOND : 'od-plain-button'
    line.append(keyed(button(words.delete, look, () => { asking.add(visit.id); draw() }), `delete-${visit.id}`))
    return line
  }

  const keyed = (element, key) => { element.dataset.key = key; return element }

  async function forget(id) {
    asking.delete(id)
    await forgetVisit(id)
  }

  async function retry(queued) {
    await queued
    askForSync()
    await trySending({ atOnce: true }).catch(() => {})
  }

  onChange((id, news) => {
    sending = news.sending ? { [id]: news.sending } : {}
    draw()
  })
  draw()
}

// The first link of the line that the server drew below `host`: what it would have somebody do. Where they are in there now, or a talk
// is due, there is none: that stays the main button of the card.
function firstIn(host) {
  const first = host?.nextElementSibling?.firstElementChild
  if (first) first.dataset.look ??= first.className
  return first
}

const underWay = ({ state }) => state !== 'safe'

// What is not finished comes first, and the main button of the page is its; unless they are in there now, or a talk is due.
function toFront(host, place) {
  const first = firstIn(host)
  if (!first) return
  place.after(host.closest('.od-card'))
  const main = document.querySelector('.od-card--main [data-here-of]')
  const other = firstIn(main)
  if (!other || other === first) return
  main.closest('.od-card').classList.remove('od-card--main')
  host.closest('.od-card').classList.add('od-card--main')
  first.dataset.look = FIRST
  other.className = other.dataset.look = SECOND
}

// While `visit` of this phone is under way, its button is the one of the card, and what the server would have done is a quiet link.
// What the server offers for this very visit, and says of it, goes: this phone knows more.
function giveWay(host, visit) {
  const { unfinished } = host.dataset
  const same = Boolean(visit) && visit.id === unfinished
  const known = Boolean(visit) && (same || !unfinished)
  const card = host.closest('.od-card')
  card.querySelectorAll('[data-alone]').forEach((words) => { words.hidden = known })
  card.querySelectorAll('[data-beside]').forEach((words) => { words.hidden = !known })
  const first = firstIn(host)
  if (!first) return
  first.hidden = same
  // Whoever is there and says so is looked out for: that stays a button.
  first.className = !visit ? first.dataset.look : 'ready' in host.dataset ? SECOND : 'od-quiet-link'
}

// The pages of visits that the worker keeps for this person and that nothing was written in yet.
async function pagesHere(owner, visits) {
  if (!('caches' in self)) return []
  const found = []
  for (const name of (await caches.keys()).filter((one) => one.startsWith('opendoor-pages'))) {
    const cache = await caches.open(name)
    for (const request of await cache.keys()) {
      const { pathname } = new URL(request.url)
      const response = await cache.match(request)
      if (response.headers.get('X-Open-Door-Owner') !== owner || visits.some((visit) => visit.page === pathname)) continue
      const told = new DOMParser().parseFromString(await response.text(), 'text/html').getElementById('phone-page')
      const link = make('a', 'od-quiet-link', JSON.parse(told.dataset.told).title)
      link.href = pathname
      found.push(make('li', '', link))
    }
  }
  return found
}
