// Draws from what the server rendered once: takes a copy of a <template> and writes words into it. The questions and the words of
// scripts come from the server too, in a file of their own that is read before this one, so that no language stands in a script.

const { words, items } = self.openDoorSaid
const told = JSON.parse(document.getElementById('phone-page').dataset.told)
const asked = (part) => ({ ...part, items: part.items.map((code) => ({ code, ...items[code] })) })
export const page = { ...told, words, parts: told.parts.map(asked) }

// Where words run from the right, what is filled in is set apart, so that neither turns the other round.
const apart = (value) => (document.dir === 'rtl' ? `\u2068${value}\u2069` : `${value}`)

// One sentence; `%(name)s` is filled with what is given.
export function word(name, given = {}) {
  return Object.entries(given).reduce((text, [key, value]) => text.replace(`%(${key})s`, () => apart(value)), page.words[name])
}

// A copy of a template. "Q_" in its names and ids becomes `code`, so that a question can be asked more than once.
export function copyOf(id, code = '') {
  const copy = document.getElementById(id).content.cloneNode(true)
  if (!code) return copy
  for (const element of copy.querySelectorAll('[id*="Q_"],[for*="Q_"],[name*="Q_"],[aria-describedby*="Q_"]')) {
    for (const name of ['id', 'for', 'name', 'aria-describedby']) {
      const value = element.getAttribute(name)
      if (value) element.setAttribute(name, value.replaceAll('Q_', code))
    }
  }
  return copy
}

export const slot = (where, name) => where.querySelector(`[data-slot="${name}"]`)

// Writes words into the slots of a copy; a slot that is given null goes away.
export function fill(where, texts) {
  for (const [name, text] of Object.entries(texts)) {
    for (const element of where.querySelectorAll(`[data-slot="${name}"]`)) {
      if (text === null || text === undefined) element.remove()
      else element.textContent = text
    }
  }
  return where
}

export function make(tag, look, ...inside) {
  const element = document.createElement(tag)
  if (look) element.className = look
  element.append(...inside)
  return element
}

// The words beside a choice of a template, as the person reads them.
export function wordsOf(id, name, value) {
  const input = document.getElementById(id).content.querySelector(`input[name="${name}"][value="${value}"]`)
  const words = input?.nextElementSibling.querySelector(':scope > span:last-child')?.cloneNode(true)
  words?.querySelectorAll('.od-soft').forEach((more) => more.remove())
  return words ? words.textContent.trim() : ''
}

export function check(where, name, value) {
  const input = where.querySelector(`input[name="${name}"][value="${value}"]`)
  if (input) input.checked = true
}

export function chosen(where, name) {
  return where.querySelector(`input[name="${name}"]:checked`)?.value ?? ''
}

export function typed(where, name) {
  return (where.querySelector(`[name="${name}"]`)?.value ?? '').replaceAll('\r\n', '\n').trim()
}
