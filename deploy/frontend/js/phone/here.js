// "On this phone": what is kept here of the person who was signed in last, with what can be done about it. The words come from the page.
import { askForSync, trySending } from './by_itself.js'
import { forgetVisit, onChange, queueVisit, setting, takeOut, visitsHere } from './kept.js'
import { progressOf } from './sending.js'

const make = (tag, look, ...inside) => {
  const element = document.createElement(tag)
  if (look) element.className = look
  element.append(...inside.filter(Boolean))
  return element
}

const button = (words, look, done) => {
  const element = make('button', `govuk-button ${look}`, words)
  element.type = 'button'
  element.addEventListener('click', done)
  return element
}

// Fills `place` and keeps it true. `all` also says when there is nothing, and which pages open without signal.
export function showHere(place, words, { all = false } = {}) {
  const asking = new Set()
  let sending = {}
  let drawing = Promise.resolve()
  const draw = () => { drawing = drawing.then(redraw).catch(() => {}) }

  async function redraw() {
    const owner = await setting('owner')
    const visits = owner ? await visitsHere(owner) : []
    const cards = await Promise.all(visits.map(card))
    if (all && (await setting('signing-out')) !== null) cards.push(make('p', 'od-note', words['signing-out']))
    if (all && !owner) cards.push(make('p', '', words['none-known']))
    else if (all && !visits.length) cards.push(make('p', '', words['none-here']))
    const pages = all && owner ? await pagesHere(owner, visits) : []
    if (pages.length) cards.push(make('h2', '', words['pages-here']), make('ul', '', ...pages))
    const held = document.activeElement?.dataset?.key
    place.replaceChildren(...cards)
    if (held) place.querySelector(`[data-key="${held}"]`)?.focus()
    place.hidden = !cards.length
  }

  async function card(visit) {
    const progress = visit.body ? await progressOf(visit, words) : null
    const title = make('h2', 'od-card__title', visit.title)
    const says = make('div', '', ...sentences(visit, progress).map((text) => make('p', '', text)))
    says.setAttribute('role', 'status')
    return make('section', 'od-card', title, says, progress && fileList(visit, progress), actions(visit))
  }

  function sentences(visit, progress) {
    if (visit.state === 'safe') return [`${counted(progress)} ${words['delete-now']}`]
    const state = words[`state-${visit.state === 'queued' && sending[visit.id] ? 'sending' : visit.state}`]
    const said = visit.said ? [words[`said-${visit.said.code}`], visit.said.detail] : []
    return [state, progress?.safe ? counted(progress) : null, ...said].filter(Boolean)
  }

  const counted = (progress) => words['count-safe'].replace('%(safe)s', progress.safe).replace('%(all)s', progress.all)

  function fileList(visit, { files, all: count }) {
    if (count < 2) return null
    return make('ul', 'od-receipt', ...files.map((file) => {
      const state = sending[visit.id] === file.id && file.state === 'here' ? 'sending' : file.state
      const out = visit.state === 'refused' && file.state === 'refused'
      const take = out && button(words['take-out'], 'govuk-button--secondary', () => retry(takeOut(visit.id, file.id)))
      return make('li', 'od-receipt__file', make('span', '', `${file.name}: ${words[`file-${state}`]}`, file.why ? `. ${file.why}` : '', take && ' ', take))
    }))
  }

  function actions(visit) {
    const line = make('div', 'od-actions')
    if (asking.has(visit.id)) {
      const question = words[visit.state === 'safe' ? 'delete-ask' : 'delete-ask-unsent']
      const yes = keyed(button(words['delete-yes'], 'govuk-button--warning', () => forget(visit.id)), `yes-${visit.id}`)
      const no = button(words['delete-no'], 'govuk-button--secondary', () => { asking.delete(visit.id); draw() })
      line.append(make('p', 'od-note', question), yes, no)
      return line
    }
    if (visit.state !== 'safe') {
      const on = keyed(make('a', `govuk-button${visit.state === 'queued' ? ' govuk-button--secondary' : ''}`, words['carry-on']), `on-${visit.id}`)
      on.href = visit.page
      line.append(on)
    }
    if (visit.state === 'queued' || (visit.state === 'refused' && visit.body)) {
      line.append(keyed(button(words['send-now'], visit.state === 'queued' ? '' : 'govuk-button--secondary', () => retry(queueVisit(visit.id, visit.body))), `send-${visit.id}`))
    }
    line.append(keyed(button(words.delete, 'govuk-button--secondary', () => { asking.add(visit.id); draw() }), `yes-${visit.id}`))
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
      const link = make('a', '', JSON.parse(told.dataset.told).title)
      link.href = pathname
      found.push(make('li', '', link))
    }
  }
  return found
}
