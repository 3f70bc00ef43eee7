// A photo on the phone: what is marked on it, what is covered on it, and taking it away. What happens to the visit is the
// caller's business.
import { covered, hashOf } from './cover.js'
import { annotationOf, isWhole, markOf } from './marks.js'
import { editing } from './marks_editor.js'
import { make, press } from './marks_parts.js'
import { notAtOnce } from './one_tap.js'

export { PhotoRefused, shrink } from './shrink.js'
export { openSketch } from './sketch.js'

const A_QUARTER = 26 // per cent of the width: how big a new mark is
const WORDS = 4000 // letters the server takes (wire.md section 1)

// Draws the editor into `screen`, below whatever heading stands outside it. photo: its entry of the draft. items: [{code, prompt}].
// item: what a new mark is about, when it is known. change(photo, blob or null): the photo says something new, or has new bytes;
// what it gives back is waited for. away(): it was taken away. done(): back to where it came from; its button is left out without.
// Gives back {close, waiting, held}: `close` when the screen goes away; `waiting()` while something is drawn to be covered but is not
// yet; `held()` is asked before Back, and asks in turn when that is so, or a mark is not whole: then it answers true.
export async function openPhoto(screen, { photo, blob, items, item = null, words, longest = WORDS, change, away, done = null }) {
  const desk = make('div', 'od-desk')
  const foot = make('div')
  const says = { items, longest }
  const kept = photo.annotations.map((annotation) => ({ annotation, mark: markOf(annotation) }))
  const left = kept.filter(({ mark }) => !mark).map(({ annotation }) => annotation)
  const marks = kept.filter(({ mark }) => mark).map(({ mark }) => mark)
  const covers = []
  let entry = photo
  let bytes = blob
  let editor = null
  let shown = await pictureOf(bytes)
  screen.replaceChildren(make('p', 'od-note', {}, words.note), desk, foot)

  const nearSquare = (width, height) => ({ w: A_QUARTER, h: Math.min(60, (A_QUARTER * width) / height) })

  async function pictureOf(file) {
    const image = make('img', '', { alt: words.alt, draggable: 'false' })
    const address = URL.createObjectURL(file)
    image.src = address
    const close = () => URL.revokeObjectURL(address)
    try {
      await image.decode()
      return { picture: image, close, seen: true }
    } catch {
      const instead = [words.unseen, words.not_shrunk].map((said) => make('p', '', {}, said))
      return { picture: make('div', 'od-marking__unseen', {}, ...instead), close, seen: false }
    }
  }

  function marking(said = '') {
    editor?.close()
    editor = editing(desk, {
      picture: shown.picture, things: marks, names: words.mark, says, words,
      begin: (width, height) => ({ ...nearSquare(width, height), item: item ?? (items.length === 1 ? items[0].code : undefined) }),
      kept() {
        entry = { ...entry, annotations: [...left, ...marks.filter(isWhole).map(annotationOf)] }
        change(entry, null)
      },
    })
    const ways = [
      shown.seen && press(words.cover_something, covering),
      done && press(words.photo_done, () => held() || done(), 'main'),
      press(words.take_away, () => asking(words.take_away_ask, words.take_away_yes, away, () => marking()), 'stop'),
    ]
    foot.replaceChildren(make('p', '', { role: 'status' }, said), make('p', 'od-actions', {}, ...ways.filter(Boolean)))
  }

  function covering() {
    editor.close()
    editor = editing(desk, {
      picture: shown.picture, things: covers, names: words.cover, says: null, words, begin: nearSquare, kept: offered,
    })
    offered()
    desk.querySelector('.od-marking__picture button').focus({ preventScroll: true })
  }

  // "Cover it" only makes sense once something is drawn.
  function offered() {
    const back = press(covers.length ? words.cover_not : words.cover_back, () => { covers.length = 0; marking() })
    const go = covers.length ? press(words.cover_it, () => asking(words.cover_ask, words.cover_yes, cover, offered), 'main') : null
    foot.replaceChildren(make('p', 'od-actions', {}, go, back))
  }

  function asking(question, yes, act, no, other = words.not_yet) {
    const back = press(other, () => {
      no()
      if (!desk.contains(document.activeElement)) foot.querySelector('button').focus()
    })
    foot.replaceChildren(make('div', 'od-box od-box--stop', { role: 'group', 'aria-label': question.split('.')[0] }, make('p', '', {}, question),
      make('p', 'od-actions', {}, press(yes, act, 'stop'), back)))
    notAtOnce(foot)
    back.focus({ preventScroll: true })
    foot.scrollIntoView({ block: foot.clientHeight > innerHeight / 2 ? 'start' : 'nearest' })
  }

  async function cover() {
    foot.replaceChildren(make('p', '', { role: 'status' }, words.covering))
    try {
      const made = await covered(bytes, covers)
      const next = { ...entry, sha256: await hashOf(made.blob), bytes: made.blob.size, media_type: made.media_type }
      await change(next, made.blob)
      shown.close()
      ;[entry, bytes, shown] = [next, made.blob, await pictureOf(made.blob)]
    } catch {
      offered()
      foot.prepend(make('p', 'govuk-error-message', { role: 'alert' }, words.cover_failed))
      return
    }
    covers.length = 0
    marking(words.covered)
    foot.querySelector('button').focus()
  }

  // Whoever drew something to cover and goes back is asked first: the photo would be sent uncovered. So is who made a mark and did not
  // say all that it needs to be kept. Stop and leaving never wait.
  function held() {
    const open = marks.filter((mark) => !isWhole(mark))
    if (covers.length) asking(words.cover_ask, words.cover_yes, cover, offered)
    else if (open.length) asking(words.open_ask, words.open_leave, () => leaveOut(open), () => { marking(); editor.open(open[0]) }, words.open_say)
    return Boolean(covers.length || open.length)
  }

  function leaveOut(open) {
    for (const mark of open) marks.splice(marks.indexOf(mark), 1)
    if (done) done()
    else marking()
  }
  const listening = new AbortController()
  document.addEventListener('click', (event) => {
    if (event.target.closest?.('[data-back]') && held()) event.preventDefault()
  }, { capture: true, signal: listening.signal })

  marking()
  return {
    waiting: () => covers.length > 0,
    held,
    close() { editor.close(); listening.abort(); shown.close() },
  }
}
