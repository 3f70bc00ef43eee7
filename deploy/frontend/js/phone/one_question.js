// One question at a time, for those who like it better: a choice that this phone remembers.
import { copyOf, slot, word } from './drawing.js'

const CHOICE = 'opendoor-one-question'

export function oneAtATime() {
  try { return localStorage.getItem(CHOICE) === 'yes' } catch { return false }
}

export function chooseOneAtATime(wanted) {
  try { localStorage.setItem(CHOICE, wanted ? 'yes' : 'no') } catch { /* then it is chosen for this page only */ }
}

// What a person who cannot see hears first of a step.
export const headingOf = (step) => step.querySelector('.od-item__prompt, .od-question, h2, summary, .od-photo-pair__legend') ?? step

// Shows one of `steps`, functions that give its element, and moves on with two buttons. `after` is what stands below the last one;
// `out` leads back to the parts.
export function walk(where, steps, { at = 0, moved, after, out }) {
  const controls = copyOf('t-one').firstElementChild
  let now = Math.min(Math.max(at, 0), steps.length - 1)
  const [back, next] = ['one-back', 'one-next'].map((name) => slot(controls, name))
  function draw() {
    const shown = steps[now]()
    ;[...where.children].forEach((step) => { if (step !== controls) step.hidden = step !== shown })
    if (!shown.parentElement) controls.before(shown)
    const last = now === steps.length - 1
    next.hidden = last
    after.hidden = !last
    slot(controls, 'one-where').textContent = word('one_where', { number: now + 1, of: steps.length })
  }
  function go(to) {
    if (to < 0) { out(); return }
    now = to
    draw()
    moved(now)
    const step = steps[now]()
    const heading = headingOf(step)
    if (heading.tabIndex < 0) heading.tabIndex = -1
    scrollTo(0, 0)
    heading.focus({ preventScroll: true })
    // With big letters the name of the part fills the glass, and the question would begin below it.
    if (heading.getBoundingClientRect().bottom > innerHeight / 2) step.scrollIntoView()
  }
  back.addEventListener('click', () => go(now - 1))
  next.addEventListener('click', () => go(now + 1))
  where.append(controls)
  draw()
  // One question back; false at the first of them, which has none before it.
  return { back() { if (now > 0) { go(now - 1); return true } return false } }
}
