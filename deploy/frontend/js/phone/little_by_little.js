// Draws a long row of things a few at a time, so that a slow phone shows the first of them at once and answers to a finger while
// the rest comes.
import { atTheEnd } from './screens.js'

const AT_ONCE = 4 // more than fits on the glass of a phone, and no more than it draws in a moment
const AT_A_TIME = 2

// `steps` are functions that each make an element. At least the first `least` stand in `where` when this returns; the rest follow
// by themselves, and stop with the screen.
export function littleByLittle(where, steps, least = AT_ONCE) {
  let drawn = 0
  let waiting = 0
  function draw(until) {
    where.append(...steps.slice(drawn, until).map((make) => make()))
    drawn = until
    if (drawn < steps.length) waiting = setTimeout(() => draw(drawn + AT_A_TIME))
  }
  atTheEnd(() => clearTimeout(waiting))
  draw(Math.max(least, AT_ONCE))
}

// What is made when it is first asked for, and then stays the same.
export function once(make) {
  let made = null
  return () => (made ??= make())
}

// What is folded away is made when it is first opened. Gives back what opens it.
export function whenOpened(fold, make) {
  const open = once(() => { make(); return true })
  fold.addEventListener('toggle', () => { if (fold.open) open() })
  return () => { fold.open = true; open() }
}
