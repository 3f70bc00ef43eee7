// The server's page of a photo, with the marking of the phone: what is marked or covered is handed to the server at once. Where this
// script does not come, the plain form stands below the photo as ever.
import { openPhoto } from './photo.js'
import { make, press } from './marks_parts.js'

export async function openPhotoPage(desk) {
  const told = JSON.parse(desk.dataset.told)
  const { words: { photos: words }, items } = self.openDoorSaid
  const says = make('p', 'od-notice od-kept', { role: 'alert', hidden: true })
  const screen = make('div')
  let before = told.annotations
  let wanted = null
  let sending = null

  const answer = await fetch(told.src).catch(() => null)
  const plain = [...document.querySelectorAll('[data-plain-marking]')]
  // Whoever has begun with the plain form by now goes on with it.
  if (!answer?.ok || plain.some((part) => part.contains(document.activeElement))) return
  const blob = await answer.blob()

  // A page that was open for long asks for a new token, once.
  async function post(address, fields, again = true) {
    const body = new FormData()
    Object.entries({ csrf_token: told.token, ...fields }).forEach(([name, value]) => body.append(name, value))
    const response = await fetch(address, { method: 'POST', body, keepalive: !fields.photo })
    if (response.status !== 403 || !again) return response
    told.token = (await (await fetch('/api/intake/v1/phone')).json()).csrf_token
    return post(address, fields, false)
  }

  const taken = (response) => Boolean(response?.ok) && !response.redirected

  // One after the other, always the newest. What the server did not take goes with the next change, or by the button.
  async function sendAll() {
    while (wanted) {
      const now = wanted
      const response = await post(told.marks, { annotations: JSON.stringify(now), before: JSON.stringify(before) }).catch(() => null)
      if (!taken(response)) { failed(response); return }
      before = (await response.json()).annotations
      if (wanted === now) wanted = null
    }
    says.hidden = true
  }

  function failed(response) {
    const elsewhere = response?.status === 409
    says.replaceChildren(elsewhere ? told.elsewhere : told.not_kept, ' ',
      press(elsewhere ? told.open_again : told.try_again, elsewhere ? openAgain : send, 'plain'))
    says.hidden = false
  }

  function openAgain() {
    wanted = null
    location.reload()
  }

  function send() {
    sending ||= sendAll().finally(() => { sending = null })
    return sending
  }

  async function change(entry, made) {
    if (!made) { wanted = entry.annotations; return send() }
    await send()
    if (wanted) throw new Error('The marks are not safe yet.')
    const response = await post(told.cover, { photo: made })
    if (!taken(response)) throw new Error('The server did not take it.')
    location.assign((await response.json()).page)
    return new Promise(() => {}) // the next page says what became of it
  }

  async function done() {
    await send()
    if (!wanted) location.assign(told.back)
  }

  desk.replaceChildren(says, screen)
  const open = await openPhoto(screen, {
    photo: { photo_id: told.id, annotations: told.annotations }, blob, words, longest: told.longest, change,
    items: told.items.map((code) => ({ code, prompt: items[code].prompt })),
    done,
    away: () => document.querySelector(`form[action="${told.away}"]`).requestSubmit(),
  })
  plain.forEach((part) => { part.hidden = true })
  // Words that were just typed go along when somebody leaves, and nothing holds them up.
  addEventListener('pagehide', () => open.close())
}
