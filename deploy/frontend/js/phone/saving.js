// Keeps every change of the visit that is being written, so that a phone may go dark at any moment: changes are laid over the
// kept visit as it is now, a moment after they were made, and at once when the page is left.
import { changeVisit } from './kept.js'

const A_MOMENT = 200

// `visit` is what is shown; `said(error)` hears of every try: null when all is kept.
export function savingOf(visit, said) {
  let waiting = []
  let timer = 0

  async function flush() {
    clearTimeout(timer)
    timer = 0
    if (!waiting.length) return
    const now = waiting
    waiting = []
    try {
      await changeVisit(visit.id, (draft) => now.forEach((change) => change(draft)))
      said(null)
    } catch (error) {
      waiting = [...now, ...waiting]
      said(error)
    }
  }

  function change(made) {
    made(visit.draft)
    waiting.push(made)
    timer ||= setTimeout(flush, A_MOMENT)
  }

  return { change, flush }
}
