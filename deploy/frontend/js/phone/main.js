// The phone form: opens what is kept on this phone of one assignment, or begins it, and shows one screen of it at a time.
import { sendByItself, trySending } from './by_itself.js'
import { drawCheck } from './check.js'
import { ENVIRONMENT, newDraft } from './draft.js'
import { page, slot, word } from './drawing.js'
import { drawPart } from './form.js'
import { askToPersist, beginVisit, NotWriting, PhoneFull, setSetting, setting, visitFor, visitOf } from './kept.js'
import { withNewQuestions } from './new_questions.js'
import { drawParts } from './parts.js'
import { drawPhoto, PHOTOS } from './photos_of_part.js'
import { drawReceipt } from './receipt.js'
import { savingOf } from './saving.js'
import { draw, follow, heldBack, screen } from './screens.js'
import { act, drawForgotten, drawStopped, drawThrow, stopNow, tell } from './stopping.js'
import { followBack, keepHeights } from './way_back.js'
import { fetchPicturesSoon } from './with_pictures.js'
import { keepPages, warnOfTheWeek } from './worker.js'

const notice = document.querySelector('[data-kept]')
const WRITTEN = ['parts', 'part', 'photo', 'check', 'throw', 'stopped', 'pause', 'about', 'letter']
let saving = null

const phone = {
  page, visit: null, older: false,
  change: (made) => saving?.change(made),
  flush: async () => saving?.flush(),
  go, begin, take, leaveVisit, sent, kept,
}

function take(visit) {
  phone.visit = visit
  saving = savingOf(visit, kept)
  // Questions may have changed since this visit was begun; it is finished with those it was begun with.
  phone.older = Boolean(visit.draft.asked) && visit.draft.instrument_version !== page.version
  phone.page = phone.older ? { ...page, parts: visit.draft.asked } : page
}

const photoOf = (id) => phone.visit?.draft.photos.find((photo) => photo.photo_id === id)

function leaveVisit() { phone.visit = null; phone.page = page; saving = null }

function kept(error) {
  notice.hidden = !error
  if (!error) { notice.textContent = ''; return }
  notice.textContent = word(error instanceof PhoneFull ? 'phone_full' : error instanceof NotWriting ? 'open_elsewhere' : 'not_kept')
}

async function begin() {
  take(await beginVisit({ owner: page.owner, assignment: page.assignment, page: page.page, title: page.title, draft: newDraft(page) }))
  askToPersist()
}

function go(name, place = {}, how) {
  const from = document.getElementById('screen').dataset.screen
  const here = draw(name, place, how)
  if (phone.visit && saving && WRITTEN.includes(name)) {
    phone.change((draft) => { draft.here = here })
    phone.flush()
  }
  // Whoever leaves the screen of a break by any way back into the visit goes on; Stop says more than that.
  if (from === 'pause' && !['pause', 'stopped'].includes(name)) act(phone, 'go-on')
}

async function sent() {
  take(await visitOf(phone.visit.id))
  saving = null
  go('sending')
  await trySending({ atOnce: true }).catch(() => {})
}

// What it is about stands before the visit until it is begun, and beside its parts from then on.
screen('about', (where) => {
  warnOfTheWeek(where)
  const button = slot(where, 'start')
  if (phone.visit) button.textContent = word('carry_on')
  button.addEventListener('click', async () => {
    try { if (!phone.visit) await begin() } catch (error) { kept(error); return }
    go('parts')
  })
}, { back: () => phone.visit && { screen: 'parts', words: 'parts' } })
const toParts = { back: { screen: 'parts', words: 'parts' } }
screen('letter', () => {}, { back: { screen: 'about', words: 'before' } })
screen('parts', (where) => drawParts(phone, where))
screen('part', (where, place) => drawPart(phone, where, place), {
  back: ({ from }) => (from === 'check' ? { screen: 'check', words: 'before' } : toParts.back),
})
// `over`: it was opened from the page before sending, and leads back there; `from` is how its part was come to.
screen('photo', (where, place) => drawPhoto(phone, where, place), {
  back: ({ part: id, from, over }) => (over ? { screen: 'check', words: 'before' }
    : { screen: 'part', words: 'before', place: { part: photoOf(id).zone, at: PHOTOS, ...(from && { from }) } }),
})
screen('check', (where) => drawCheck(phone, where), toParts)
screen('sending', (where) => drawReceipt(phone, where), { stops: false })
screen('stopped', (where) => drawStopped(phone, where), { stops: false })
screen('throw', (where) => drawThrow(phone, where), { stops: false, back: { screen: 'stopped', words: 'before' } })
screen('forgotten', (where, place) => drawForgotten(where, place), { stops: false })
screen('pause', (where) => {
  act(phone, 'pause')
  slot(where, 'go-on').addEventListener('click', () => go('parts'))
}, toParts)

// Where somebody can be of what is asked for: what is gone or was sent meanwhile is not shown again.
function standing({ screen: name, ...place }) {
  const { visit } = phone
  if (!visit) return [name === 'letter' ? name : 'about', {}]
  if (visit.state !== 'writing') return ['sending', {}]
  const there = name === 'part' ? phone.page.parts.some((part) => part.code === place.part) : name !== 'photo' || photoOf(place.part)
  const shown = WRITTEN.includes(name) && document.getElementById(`s-${name}`) && there
  return shown ? [name, place] : ['parts', {}]
}

function opened() {
  const { visit } = phone
  if (visit && visit.state !== 'writing') saving = null
  const [name, place] = standing(visit?.draft.here ?? { screen: 'parts' })
  // Nobody is asked whether to throw all of it away because they opened their visit again.
  go(name === 'throw' ? 'parts' : name, place, { focus: false })
}

async function open() {
  if (!(await setting('owner'))) await setSetting('owner', page.owner).catch(kept)
  const visit = await withNewQuestions(await visitFor(page.owner, page.assignment), page)
  if (visit) take(visit)
  follow(go)
  followBack((there) => go(...standing(there)), heldBack)
  keepHeights()
  document.querySelector('[data-stop]').addEventListener('click', () => stopNow(phone))
  opened()
}

addEventListener('pagehide', phone.flush)
document.addEventListener('visibilitychange', () => { if (document.hidden) phone.flush(); else tell(phone) })
addEventListener('online', () => tell(phone))
open().then(() => {
  if (page.kind === ENVIRONMENT) fetchPicturesSoon()
  tell(phone)
  sendByItself()
  keepPages([page.page])
})
