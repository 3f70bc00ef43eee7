// Areas on a picture: placed by a tap, moved and sized by a finger, by keys and by whoever calls `nudge`. What an area means is
// the caller's business: marks, covers and pins are all drawn here. Every area is a real button; the picture still scrolls.
import { make } from './marks_parts.js'

const STEP = 2 // per cent of the picture, for one press
const FINGER = 28 // pixels: nothing gets smaller than what a finger can hit
const SMALL = 72 // pixels: from here down one corner is enough, or there would be no room to take hold of the middle
const A_TAP = 6 // pixels that a finger may tremble without it being a drag
const CORNERS = [['left', 'top'], ['right', 'top'], ['left', 'bottom'], ['right', 'bottom']]
const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }
const SIZES = { '+': 1, '=': 1, '-': -1, '−': -1, _: -1 }

const round = (value) => Number(value.toFixed(1))
const between = (value, least, most) => Math.min(Math.max(value, least), Math.max(least, most))

// `areas` is the caller's own list of {x, y, w, h} in per cent of the picture, changed in place; pins have no w and h.
// tell: keys (id of what says the keys), named(area, at) -> words, looks(area) -> class, face(area, at) -> [elements], placed(x, y), chose(area), changed(area), removed(area)
export function layerOver(frame, areas, tell) {
  const layer = make('div', 'od-areas')
  const buttons = new Map()
  let chosen = null
  let dragged = false
  frame.append(layer)

  const least = (side) => Math.min(100, (FINGER / (frame[side] || FINGER)) * 100)

  // Holds an area inside the picture and no smaller than a finger.
  function hold(area) {
    if ('w' in area) {
      area.w = round(between(area.w, least('clientWidth'), 100))
      area.h = round(between(area.h, least('clientHeight'), 100))
    }
    area.x = round(between(area.x, 0, 100 - (area.w ?? 0)))
    area.y = round(between(area.y, 0, 100 - (area.h ?? 0)))
  }

  function draw() {
    areas.forEach((area, at) => {
      const button = buttons.get(area) ?? made(area)
      button.className = `od-area ${tell.looks(area)}`
      button.setAttribute('aria-label', tell.named(area, at))
      button.setAttribute('aria-pressed', String(area === chosen))
      button.firstChild.replaceChildren(...tell.face(area, at))
      button.style.left = `${area.x}%`
      button.style.top = `${area.y}%`
      if ('w' in area) {
        button.style.width = `${area.w}%`
        button.style.height = `${area.h}%`
        const narrow = Math.min(area.w * frame.clientWidth, area.h * frame.clientHeight) / 100 < SMALL
        button.classList.toggle('od-area--small', narrow)
      }
      if (layer.children[at] !== button) layer.insertBefore(button, layer.children[at] ?? null)
    })
    for (const [area, button] of buttons) if (!areas.includes(area)) { button.remove(); buttons.delete(area) }
  }

  function made(area) {
    const button = make('button', '', { type: 'button', 'aria-describedby': tell.keys }, make('span', 'od-area__face'))
    if ('w' in area) CORNERS.forEach(([x, y]) => button.append(make('span', `od-area__corner od-area__corner--${x} od-area__corner--${y}`)))
    button.addEventListener('click', (event) => {
      event.stopPropagation()
      if (!dragged) tell.chose(area)
    })
    button.addEventListener('keydown', (event) => keyed(event, area))
    button.addEventListener('pointerdown', (event) => taken(event, area, button))
    buttons.set(area, button)
    return button
  }

  // One press: so many steps to the right, down, and bigger around the middle.
  function nudge(area, right, down, bigger = 0) {
    const { x, y, w, h } = area
    const sized = { ...area, w: w + bigger * 2 * STEP, h: h + bigger * 2 * STEP }
    if (bigger) hold(sized)
    const aside = bigger ? [(w - sized.w) / 2, (h - sized.h) / 2] : [right * STEP, down * STEP]
    change(area, { x: x + aside[0], y: y + aside[1], w: sized.w, h: sized.h })
  }

  function change(area, { x, y, w, h }) {
    Object.assign(area, { x, y }, 'w' in area ? { w, h } : {})
    hold(area)
    draw()
    tell.changed(area)
  }

  function keyed(event, area) {
    dragged = false
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const move = MOVES[event.key]
    const size = 'w' in area ? SIZES[event.key] : 0
    if (move && event.shiftKey && 'w' in area) change(area, { ...area, w: area.w + move[0] * STEP, h: area.h + move[1] * STEP })
    else if (move) nudge(area, ...move)
    else if (size) nudge(area, 0, 0, size)
    else if (event.key === 'Delete' || event.key === 'Backspace') tell.removed(area)
    else return
    event.preventDefault()
  }

  // Only the chosen area follows a finger; over the others, and over the picture, the page scrolls as everywhere.
  function taken(event, area, button) {
    if (area !== chosen || event.button !== 0) return
    const corner = event.target.closest('.od-area__corner')?.classList
    const from = { ...area, left: event.clientX, top: event.clientY }
    const way = new AbortController()
    const listen = (name, act) => button.addEventListener(name, act, { signal: way.signal })
    button.setPointerCapture(event.pointerId)
    listen('pointermove', (moved) => {
      const right = moved.clientX - from.left
      const down = moved.clientY - from.top
      if (!dragged && Math.hypot(right, down) < A_TAP) return
      dragged = true
      Object.assign(area, shifted(from, corner, (right / frame.clientWidth) * 100, (down / frame.clientHeight) * 100))
      hold(area)
      draw()
    })
    const end = () => { way.abort(); if (dragged) tell.changed(area) }
    listen('pointerup', end)
    listen('pointercancel', end)
  }

  // Where an area comes to be when it, or one corner of it, is drawn so far. The corner across stays where it is.
  function shifted(from, corner, right, down) {
    if (!corner) return { x: from.x + right, y: from.y + down }
    const side = (at, size, first, by, smallest) => {
      if (!first) return [at, between(size + by, smallest, 100 - at)]
      const start = between(at + by, 0, at + size - smallest)
      return [start, at + size - start]
    }
    const [x, w] = side(from.x, from.w, corner.contains('od-area__corner--left'), right, least('clientWidth'))
    const [y, h] = side(from.y, from.h, corner.contains('od-area__corner--top'), down, least('clientHeight'))
    return { x, y, w, h }
  }

  layer.addEventListener('pointerdown', () => { dragged = false }, true)
  layer.addEventListener('click', (event) => {
    if (dragged) return
    const place = frame.getBoundingClientRect()
    tell.placed(((event.clientX - place.left) / place.width) * 100, ((event.clientY - place.top) / place.height) * 100)
  })

  return {
    draw, hold, nudge,
    choose(area) { chosen = area; draw() },
    focus(area) { buttons.get(area)?.focus({ preventScroll: true }) },
    show() { frame.scrollIntoView({ block: 'nearest' }) },
  }
}
