// The phone's own Back button goes where the link above a screen leads, and from the list of parts out of the form. The history holds
// one entry for each screen on the way to the one that is shown, never more, so that nobody has to press Back through where they were.
//
// `deep` in an entry says how many entries of this form lie below it; whoever leaves quickly takes those away too (opendoor.js).
let deep = history.state?.deep ?? 0
let going = null // how deep we are on our way to by ourselves
let way = [] // the screens from the first to the one shown: [{screen, …its place}]
const heights = [] // how far down each of them was read

const same = (one, other) => one?.screen === other?.screen && one?.part === other?.part

// Stands at the last of these screens. Gives back its place with what was remembered of it, and how far down it was read by somebody
// who comes back to it.
export function standAt(screens) {
  const before = way
  const at = screens.length - 1
  if (before.length) heights[before.length - 1] = scrollY
  way = screens.map((one, level) => (same(before[level], one) ? { ...before[level], ...one } : one))
  settle()
  const back = before.length > screens.length && same(before[at], way[at])
  return { place: way[at], height: back ? heights[at] : 0 }
}

// Says more of the place where somebody is, to be found again when they come back to it.
export function noteHere(more) {
  Object.assign(way.at(-1), more)
  if (going === null) history.replaceState({ ...way[deep], deep }, '')
}

function settle() {
  if (going !== null) return
  const goal = way.length - 1
  if (deep > goal) { travel(goal); return }
  history.replaceState({ ...way[deep], deep }, '')
  while (deep < goal) {
    deep += 1
    history.pushState({ ...way[deep], deep }, '')
  }
}

function travel(to) {
  going = to
  history.go(to - deep)
}

// `came(place)` hears where Back, or Forward, led. `held()` is asked before Back: true when there was something to be done here first.
export function followBack(came, held) {
  addEventListener('popstate', ({ state }) => {
    if (document.body.hidden) return // somebody is leaving quickly
    if (!state) { deep += 1; settle(); return } // "Skip to the main part" made an entry of its own
    const from = deep
    deep = state.deep
    if (going === deep) { going = null; settle(); return }
    going = null
    if (deep < from && held()) { travel(from); return }
    if (deep !== from) came(way[deep] ?? state)
  })
}

// The browser would jump to where another screen was read. It may find the place again when this page is opened anew.
export function keepHeights() {
  history.scrollRestoration = 'manual'
  addEventListener('pagehide', () => { history.scrollRestoration = 'auto' })
  addEventListener('pageshow', () => { history.scrollRestoration = 'manual' })
}
