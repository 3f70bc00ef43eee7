// Keeps every change of the visit that is being written, so that a phone may go dark at any moment: a change is laid over the kept
// visit as it is now, at once, or together with those that came while the one before it was being kept.
import { changeVisit } from './kept.js'

// `visit` is what is shown; `said(error)` hears of every try: null when all is kept. What could not be kept goes with the next try.
export function savingOf(visit, said) {
  let waiting = []
  let writing = null

  async function write() {
    const now = waiting
    waiting = []
    try {
      await changeVisit(visit.id, (draft) => now.forEach((change) => change(draft)))
      said(null)
      return true
    } catch (error) {
      waiting = [...now, ...waiting]
      said(error)
      return false
    }
  }

  async function writeAll() {
    let kept = true
    while (kept && waiting.length) kept = await write()
  }

  // Settles when all that was changed so far is kept, or could not be.
  function flush() {
    writing ||= writeAll().finally(() => { writing = null })
    return writing
  }

  function change(made) {
    made(visit.draft)
    waiting.push(made)
    flush()
  }

  return { change, flush }
}
