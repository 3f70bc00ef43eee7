// One screen at a time on one address: the way back of the browser never finds a form, and a person who cannot see the screen
// hears the heading of the new one.
import { copyOf, slot } from './drawing.js'
import { hush } from './read_aloud.js'

const root = document.getElementById('screen')
const back = document.querySelector('[data-back]')
const stop = document.querySelector('[data-stop-bar]')
const known = new Map()
const ends = []
let goingBack = null

// `draw(screen, place)` fills a copy of the template `s-<name>`; `back` is where the link above it leads.
export function screen(name, draw, { back: to = null, stops = true } = {}) {
  known.set(name, { draw, to, stops })
}

// Something to be done when the screen that is being drawn goes away.
export const atTheEnd = (end) => ends.push(end)

export function draw(name, place = {}, { focus = true } = {}) {
  const { draw: drawn, to, stops } = known.get(name)
  hush()
  while (ends.length) ends.pop()()
  const copy = document.createElement('div')
  copy.append(copyOf(`s-${name}`))
  root.replaceChildren(...copy.childNodes)
  root.dataset.screen = name
  goingBack = typeof to === 'function' ? to(place) : to
  back.textContent = goingBack ? back.dataset[goingBack.words ?? 'parts'] : back.dataset.home
  stop.hidden = !stops
  drawn(root, place)
  const heading = root.querySelector('h1')
  document.title = `${heading.textContent.trim()} · Open Door`
  history.replaceState({ screen: name, ...place }, '')
  if (!focus) return
  heading.tabIndex = -1
  heading.focus({ preventScroll: true })
  scrollTo(0, 0)
}

export function titled(where, text) {
  slot(where, 'title').textContent = text
  document.title = `${text} · Open Door`
}

// Links and buttons that lead to another screen say so with data-go (and data-part).
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
    go(link.dataset.go, link.dataset.part ? { part: link.dataset.part } : {})
  })
}
