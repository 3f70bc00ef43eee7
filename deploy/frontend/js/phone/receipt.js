// On its way, and safe: each file with how far it is, in words. "You can delete this" is said only when the server has said it is safe.
import { trySending, watchVisit } from './by_itself.js'
import { atTheEnd, titled } from './screens.js'
import { copyOf, fill, slot, word } from './drawing.js'
import { forgetVisit, takeOut, visitOf, writeAgain } from './kept.js'
import { progressOf } from './sending.js'

const SIGNS = { safe: '✓', refused: '✕' }
const SIGN_IN = ['sign-in', 'other-person']

export function drawReceipt(phone, screen) {
  slot(screen, 'again').addEventListener('click', () => trySending({ atOnce: true }).catch(() => {}))
  slot(screen, 'look').addEventListener('click', async () => {
    const anew = phone.visit.said?.code === 'new-questions'
    await again(phone, 'check', {}, anew)
    if (anew) { await phone.flush(); location.reload() } // this page may be an old one; the server has the new questions
  })
  slot(screen, 'forget').addEventListener('click', () => forget(phone, 'forgotten'))
  slot(screen, 'receipt').href = `/visits/${phone.visit.id}/receipt`
  let moving = null
  const drawn = () => refresh(phone, screen, moving)
  atTheEnd(watchVisit(phone.visit.id, (news) => {
    moving = news?.sending ?? null
    drawn()
  }))
  drawn()
}

// Out of the queue, to look at it or to change something; it is sent from the page before sending.
async function again(phone, screen, place, anew = false) {
  phone.take(await writeAgain(phone.visit.id, { anew }))
  phone.go(screen, place)
}

async function forget(phone, words) {
  const { id } = phone.visit
  phone.leaveVisit()
  await forgetVisit(id)
  phone.go('forgotten', { words })
}

async function refresh(phone, screen, moving) {
  const { visit } = phone
  if (!visit) return // it is being deleted here, and this screen goes with it
  const now = await visitOf(visit.id)
  if (phone.visit !== visit || screen.dataset.screen !== 'sending') return
  if (!now) {
    phone.leaveVisit()
    phone.go('forgotten', { words: visit.shared_phone ? 'wiped' : 'forgotten' })
    return
  }
  Object.assign(visit, now)
  const { words } = phone.page
  const { files, safe, all } = await progressOf(now, words)
  const done = now.state === 'safe'
  titled(screen, word(done ? 'safe_title' : now.state === 'refused' ? 'stuck_title' : 'way_title'))
  slot(screen, 'count').textContent = word(done ? 'done' : 'count-safe', { safe, all })
  slot(screen, 'count').parentElement.classList.toggle('od-receipt__count--all', done)
  slot(screen, 'says').textContent = done ? '' : saidOf(now, words)
  slot(screen, 'files').replaceChildren(...files.map((file) => row(phone, file, file.id === moving)))
  slot(screen, 'after').hidden = !done
  slot(screen, 'again').hidden = done
  slot(screen, 'look').hidden = done
  slot(screen, 'sign-in').hidden = !SIGN_IN.includes(now.said?.code)
}

function saidOf({ said, state }, words) {
  const about = said ? [words[`said-${said.code}`] ?? words['said-refused'], said.detail] : [words['state-sending'], word('goes_by_itself')]
  return (state === 'queued' || said ? about : [words['state-writing']]).filter(Boolean).join(' ')
}

function row(phone, { id, name, state, why }, moving) {
  const line = copyOf('t-file').firstElementChild
  line.classList.add(`od-receipt__file--${state === 'here' ? 'missing' : state}`)
  fill(line, { name: `${name}: ${word(`file-${moving && state === 'here' ? 'sending' : state}`)}`, sign: SIGNS[state] ?? '○', why: why ? `. ${why}` : null })
  const cover = slot(line, 'cover')
  if (state === 'safe' || !phone.visit.draft.photos.some((photo) => photo.photo_id === id)) cover.remove()
  else cover.addEventListener('click', () => again(phone, 'photo', { part: id, over: 'check' }))
  const out = slot(line, 'take-out')
  if (state !== 'refused' || id === 'answers') out.remove()
  else out.addEventListener('click', async () => { await takeOut(phone.visit.id, id); await trySending({ atOnce: true }).catch(() => {}) })
  return line
}
