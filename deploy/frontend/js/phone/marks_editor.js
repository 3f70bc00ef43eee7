// A picture with areas on it, the buttons and questions of the one that is chosen, and the same in words as a list below. Photos
// are marked with it, covered with it, and sketches pinned with it; what differs is given by the caller.
import { SIGNS, isWhole, partOfPicture } from './marks.js'
import { layerOver } from './marks_layer.js'
import { filled, make, newId, press } from './marks_parts.js'
import { saying } from './marks_said.js'
import { toldOf } from './marks_told.js'

const MOST = 50 // as many as the server takes (domain/annotations.py, domain/pins.py)
const MOVES = [['left', -1, 0, 0], ['right', 1, 0, 0], ['up', 0, -1, 0], ['down', 0, 1, 0]]
const SIZES = [['bigger', 0, 0, 1], ['smaller', 0, 0, -1]]

// root: where to draw. picture: what the areas lie on. things: the list, changed in place. begin(width, height): a new thing for a
// picture of so many pixels; one without a width is a pin. kept(): after every change that is to be kept.
// Gives back {open(thing): to say more of it, close}.
// names: the words that differ {one, hint, add, list, none, gone, done}. says: {items, longest} where the things say something, else null.
export function editing(root, { picture, things, names, says, words, begin, kept }) {
  const frame = make('div', 'od-marking__frame', {}, picture)
  const status = make('p', 'od-marking__status', { role: 'status' })
  const undo = make('p', 'od-marking__undo', { hidden: true })
  const bar = make('div', 'od-marking__bar', { role: 'group', hidden: true })
  const asked = make('section', 'od-marking__chosen', { hidden: true })
  const list = make('ol', 'od-marks')
  const none = make('p', 'od-soft', {}, names.none)
  const keys = make('p', 'od-hidden', { id: newId() }, 'w' in begin(1, 1) ? words.keys : words.keys_of_pin)
  const add = press(names.add, () => place(50, 50))
  const rows = new Map()
  let chosen = null
  let said = null

  const one = (thing) => filled(names.one, { number: things.indexOf(thing) + 1 })
  const where = (thing) => words.places[partOfPicture(thing)]
  const felt = (thing) => words[says ? thing.value ?? 'not_said' : 'nothing']

  const layer = layerOver(frame, things, {
    keys: keys.id,
    named: (thing) => [one(thing), felt(thing), where(thing)].filter(Boolean).join(', '),
    looks: (thing) => `od-area--${says ? thing.value ?? 'new' : 'cover'}${'w' in thing ? '' : ' od-area--pin'}`,
    face: (thing, at) => [make('span', 'od-area__number', { 'aria-hidden': 'true' }, `${SIGNS[thing.value] ?? ''}${at + 1}`)],
    placed(x, y) {
      // A mark of which nothing was said yet is not where it should be: the second tap moves it.
      if (chosen && says && !chosen.value) moved(chosen, x, y)
      else place(x, y)
    },
    chose: choose,
    changed(thing) { tell(thing); listed(); keep(thing) },
    removed: remove,
  })

  function tell(thing) {
    const now = `${one(thing)}, ${where(thing)}`
    // A screen reader says the same words again only if something about them is new.
    status.textContent = status.textContent === now ? `${now}\u00a0` : now
  }

  const keep = (thing) => { if (!says || isWhole(thing)) kept() }

  function centred(thing, x, y) {
    Object.assign(thing, { x: x - (thing.w ?? 0) / 2, y: y - (thing.h ?? 0) / 2 })
    layer.hold(thing)
  }

  function place(x, y) {
    if (things.length >= MOST) { status.textContent = words.full; return }
    const thing = begin(frame.clientWidth, frame.clientHeight)
    centred(thing, x, y)
    things.push(thing)
    choose(thing)
    layer.focus(thing)
    keep(thing)
  }

  function moved(thing, x, y) {
    centred(thing, x, y)
    choose(thing)
    layer.focus(thing)
  }

  function choose(thing) {
    said?.keep()
    said = null
    chosen = thing
    undo.hidden = true
    layer.choose(thing)
    bar.hidden = asked.hidden = !thing
    add.hidden = Boolean(thing && says)
    if (thing) chose(thing)
    listed()
  }

  function chose(thing) {
    const steps = 'w' in thing ? [...MOVES, ...SIZES] : MOVES
    bar.setAttribute('aria-label', filled(words.move, { name: one(thing) }))
    bar.replaceChildren(...steps.map(([way, ...by]) => moving(thing, way, by)), press(words.remove, () => remove(thing), 'stop'))
    tell(thing)
    if (!says) { asked.hidden = true; return }
    const changed = () => { layer.draw(); listed(); keep(thing) }
    said = saying(thing, { ...says, words, changed })
    asked.setAttribute('aria-label', one(thing))
    asked.replaceChildren(make('h2', 'od-marking__one', {}, one(thing)), said.element,
      make('p', 'od-actions', {}, press(names.done, done, 'main')))
  }

  function moving(thing, way, by) {
    const button = press(words[way], () => layer.nudge(thing, ...by))
    button.prepend(make('span', `od-way od-way--${way}`, { 'aria-hidden': 'true' }))
    return button
  }

  function done() {
    const row = rows.get(chosen)
    choose(null)
    row.querySelector('button').focus()
  }

  function remove(thing) {
    const at = things.indexOf(thing)
    if (at < 0) return
    const name = one(thing)
    things.splice(at, 1)
    choose(null)
    keep(thing)
    const back = press(words.undo, () => {
      things.splice(at, 0, thing)
      choose(thing)
      layer.focus(thing)
      keep(thing)
    })
    status.textContent = filled(names.gone, { name })
    undo.replaceChildren(back)
    undo.hidden = false
    back.focus({ preventScroll: true })
  }

  // The rows stay the same elements, so that a tap on one of their buttons is not lost while words are being kept.
  function listed() {
    none.hidden = things.length > 0
    list.hidden = !things.length
    for (const [thing, row] of rows) if (!things.includes(thing)) { row.remove(); rows.delete(thing) }
    things.forEach((thing, at) => {
      const row = rows.get(thing) ?? begun(thing)
      row.firstChild.replaceChildren(...told(thing))
      for (const button of row.lastChild.children) button.setAttribute('aria-label', `${button.textContent}: ${one(thing)}`)
      if (list.children[at] !== row) list.insertBefore(row, list.children[at] ?? null)
    })
  }

  function open(thing) { choose(thing); layer.show(); layer.focus(thing) }

  function begun(thing) {
    const acts = [press(words.change, () => open(thing), 'plain'), press(words.remove, () => remove(thing), 'plain')]
    const row = make('li', '', {}, make('p', 'od-marks__told'), make('p', 'od-marks__acts', {}, ...acts))
    rows.set(thing, row)
    return row
  }

  const told = (thing) => (says ? toldOf(thing, says.items, words) : [make('span', 'od-soft od-small', {}, where(thing))])

  root.replaceChildren(make('div', 'od-marking', {},
    make('div', 'od-marking__picture', {}, make('p', 'od-soft', {}, names.hint), frame, status, undo, bar, add, keys),
    make('div', 'od-marking__words', {}, asked, make('h2', '', {}, names.list), none, list)))
  layer.draw()
  listed()
  return { open, close() { said?.keep() } }
}
