// Stop, at once and without a reason, signal or not: the person is asked nothing, what they wrote is set aside, and whoever looks
// after them is told as soon as this phone can reach us.
import { askForSync } from './by_itself.js'
import { slot, word } from './drawing.js'
import { forgetVisit } from './kept.js'
import { notAtOnce } from './one_tap.js'
import { tellWaiting, willTell } from './telling.js'

const AFTER = { 'go-on': [false, null], keep: [true, true], mine: [true, false] }

export async function stopNow(phone) {
  if (phone.visit?.state === 'writing') phone.change((draft) => { draft.stopped_early = true })
  phone.go('stopped')
  await act(phone, 'stop')
}

let toBeKept = 0 // acts that were done just now and are not among those to be told yet

// Says an act to the charity, now or as soon as it can be said, and on the screen how that went.
export async function act(phone, name) {
  toBeKept += 1
  try {
    await phone.flush()
    await willTell(phone.page.owner, phone.page.assignment, name)
  } finally { toBeKept -= 1 }
  await tell(phone, name)
}

export async function tell(phone, name = null) {
  // The words of now: a screen that is opened meanwhile belongs to a later Stop, of which these calls may not have told.
  const screen = document.querySelector('#screen[data-screen="stopped"]')
  const [says, out] = screen ? [slot(screen, 'told'), slot(screen, 'out')] : []
  const { waiting, inside } = await tellWaiting({ atOnce: name !== null })
  if (waiting) askForSync()
  if (!says || toBeKept) return // whoever did that will say how it went
  if (waiting) says.textContent = word('not_told')
  else if (name === 'check-out') says.textContent = word('out_told')
  else says.textContent = phone.page.contact ? word('told', { name: phone.page.contact }) : word('told_somebody')
  if (inside === false) out.hidden = true
}

export function drawStopped(phone, screen) {
  notAtOnce(screen)
  slot(screen, 'out').addEventListener('click', ({ target }) => { target.hidden = true; act(phone, 'check-out') })
  const written = phone.visit?.state === 'writing'
  slot(screen, 'later').hidden = !written
  screen.querySelectorAll('[data-next]').forEach((button) => button.addEventListener('click', () => next(phone, button.dataset.next)))
}

function next(phone, chosen) {
  if (chosen === 'throw-away') { phone.go('throw'); return }
  const [stopped, keep] = AFTER[chosen]
  phone.change((draft) => { draft.stopped_early = stopped; draft.keep_answers = keep })
  phone.go(chosen === 'go-on' ? 'parts' : 'check')
  if (chosen === 'go-on') act(phone, 'go-on')
}

export function drawThrow(phone, screen) {
  notAtOnce(screen)
  slot(screen, 'yes').addEventListener('click', async () => {
    const { id } = phone.visit
    phone.leaveVisit()
    await forgetVisit(id)
    phone.go('forgotten', { words: 'thrown_away' })
  })
}

export function drawForgotten(screen, { words }) {
  slot(screen, 'forgotten').textContent = word(words)
}
