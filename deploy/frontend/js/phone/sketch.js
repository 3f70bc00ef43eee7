// A pin on a sketch of a part, where no photos may be taken: the same marks, on a drawing that looks like no place in particular.
import { editing } from './marks_editor.js'
import { isWhole } from './marks.js'
import { make } from './marks_parts.js'
import { planOf } from './sketch_plans.js'

const WORDS = 4000 // letters the server takes (wire.md section 1)

// part: the code of the part. name: what it is called. pins: those of the whole visit. change(pins): all of them again, with what
// is new. Gives back {close}, to be called when the screen goes away.
export function openSketch(screen, { part, name, pins, items, item = null, words, longest = WORDS, change }) {
  const others = pins.filter(({ zone }) => zone !== part)
  const things = pins.filter(({ zone }) => zone === part).map((pin) => ({ ...pin }))
  const desk = make('div')
  screen.replaceChildren(desk)
  return editing(desk, {
    picture: planOf(words.plans[part], words.plan, `${words.plan_of}: ${name}`), things, names: words.pin, says: { items, longest }, words,
    begin: () => ({ zone: part, item: item ?? (items.length === 1 ? items[0].code : undefined) }),
    kept() { change([...others, ...things.filter(isWhole).map(pinOf)]) },
  })
}

const pinOf = ({ zone, x, y, value, item, strength, words }) =>
  ({ zone, x, y, value, item, strength, ...(words ? { words } : {}) })
