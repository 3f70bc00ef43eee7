// On the pages of a volunteer: shows what is kept on this phone, opens the phone form instead of the plain pages where the browser can,
// has the service worker keep the visits for when there is no signal, and asks before signing out deletes something on a shared phone.
import { sendByItself } from './by_itself.js'
import { showHere } from './here.js'
import { forgetVisit, setting, setSetting, visitFor, visitsHere } from './kept.js'
import { canKeep, keepPages, warnOfTheWeek } from './worker.js'

async function begin() {
  warnOfTheWeek(document)
  const place = document.querySelector('[data-here]')
  if (place?.dataset.owner) await noteOwner(place.dataset.owner)
  if (place) showHere(place, JSON.parse(document.getElementById('phone-words').dataset.told), { all: place.dataset.here === 'all' })
  const forms = [...document.querySelectorAll('[data-phone-form]')]
  await Promise.all(forms.filter((form) => form.dataset.phoneForm !== '').map(swap))
  const pages = [...document.querySelectorAll('[data-phone-page]')].map((element) => element.dataset.phonePage)
  sendByItself()
  const all = await keepPages(pages)
  const note = document.querySelector('[data-kept-note]')
  if (note) note.hidden = !all || !pages.length
}

async function noteOwner(owner) {
  // A phone without room shows all the same.
  if ((await setting('owner')) !== owner) await setSetting('owner', owner).catch(() => {})
}

// The button that would begin on the plain pages leads to the phone form; where something was written on this phone, back to it.
async function swap(place) {
  const act = place.querySelector('button')
  const owner = await setting('owner')
  const kept = owner && (await visitFor(owner, place.dataset.assignment))
  const link = document.createElement('a')
  link.className = act.className
  link.href = place.dataset.phoneForm
  link.textContent = kept && kept.state !== 'safe' ? place.dataset.carryOn : act.textContent
  place.replaceChildren(link)
}

// Signing out on a shared phone deletes what is here of this person; first it asks, when something of it was not sent.
function guardSignOut(form) {
  form.addEventListener('submit', async (event) => {
    if (form.dataset.sure) return
    event.preventDefault()
    const shared = await sharedHere()
    if (shared.some((visit) => visit.state !== 'safe') && !(await agreed(form.dataset))) return
    await Promise.all(shared.map((visit) => forgetVisit(visit.id)))
    form.dataset.sure = 'yes'
    form.requestSubmit()
  })
}

async function sharedHere() {
  try {
    const owner = await setting('owner')
    return owner ? (await visitsHere(owner)).filter((visit) => visit.shared_phone) : []
  } catch {
    return []
  }
}

function agreed({ ask, yes, no }) {
  const box = document.createElement('dialog')
  box.className = 'od-box'
  const words = document.createElement('p')
  words.textContent = ask
  const buttons = [[no, 'govuk-button', ''], [yes, 'govuk-button govuk-button--warning', 'yes']].map(([text, look, value]) => {
    const button = document.createElement('button')
    button.type = 'button'
    button.className = look
    button.textContent = text
    button.addEventListener('click', () => box.close(value))
    return button
  })
  box.append(words, ...buttons)
  box.setAttribute('aria-label', ask)
  document.body.append(box)
  box.showModal()
  return new Promise((settle) => {
    box.addEventListener('close', () => { box.remove(); settle(box.returnValue === 'yes') })
  })
}

if (canKeep()) {
  document.querySelectorAll('form[data-sign-out]').forEach(guardSignOut)
  begin().catch(() => {})
}
