// One screen at a time on one address, and a person who cannot see the screen hears the heading of the new one.
import { copyOf, slot } from './drawing.js'
import { hush } from './read_aloud.js'
import { standAt } from './way_back.js'

const root = document.getElementById('screen')
const back = document.querySelector('[data-back]')
const stop = document.querySelector('[data-stop-bar]')
const known = new Map()
const ends = []
let goingBack = null
let holding = null

// `draw(screen, place)` fills a copy of the template `s-<name>`, and may give back what the person came for; `back` is where the link
// above it leads.
export function screen(name, draw, { back: to = null, stops = true } = {}) {
  known.set(name, { draw, to, stops })
}

// Something to be done when the screen that is being drawn goes away.
export const atTheEnd = (end) => ends.push(end)

// Asked before Back leads away from the screen that is being drawn: `held()` is true when there was something to be done here first.
export function holdBack(held) {
  holding = held
  atTheEnd(() => { if (holding === held) holding = null })
}

export const heldBack = () => Boolean(holding?.())

const above = (name, place) => {
  const { to } = known.get(name)
  return typeof to === 'function' ? to(place) : to
}

// All screens from the first to this one.
function wayTo(name, place) {
  const up = above(name, place)
  return [...(up ? wayTo(up.screen, up.place ?? {}) : []), { ...place, screen: name }]
}

// Gives back the place it was drawn at.
export function draw(name, asked = {}, { focus = true } = {}) {
  const { draw: drawn, stops } = known.get(name)
  const { place, height } = standAt(wayTo(name, asked))
  hush()
  while (ends.length) ends.pop()()
  const copy = document.createElement('div')
  copy.append(copyOf(`s-${name}`))
  root.replaceChildren(...copy.childNodes)
  root.dataset.screen = name
  goingBack = above(name, place)
  back.textContent = goingBack ? back.dataset[goingBack.words ?? 'parts'] : back.dataset.home
  stop.hidden = !stops
  const wanted = drawn(root, place)
  const heading = root.querySelector('h1')
  document.title = `${heading.textContent.trim()} · Open Door`
  const first = wanted instanceof Element ? wanted : heading
  if (focus) {
    first.tabIndex = -1
    first.focus({ preventScroll: true })
  }
  if (first !== heading) first.scrollIntoView()
  else if (focus) scrollTo(0, height)
  return place
}

export function titled(where, text) {
  slot(where, 'title').textContent = text
  document.title = `${text} · Open Door`
}

// Links and buttons that lead to another screen say so with data-go (and data-part, data-from, data-over).
export function follow(go) {
  document.addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest('[data-go], [data-back]') : null
    if (!link || event.defaultPrevented) return
    if ('back' in link.dataset) {
      if (!goingBack) return
      event.preventDefault()
      go(goingBack.screen, goingBack.place ?? {})
      return
    }
    event.preventDefault()
    const { go: to, part, from, over } = link.dataset
    go(to, { ...(part && { part }), ...(from && { from }), ...(over && { over }) })
  })
}
