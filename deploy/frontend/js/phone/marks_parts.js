// Small pieces that the pages of photos and plans are put together from.

export function make(tag, look, given = {}, ...inside) {
  const element = document.createElement(tag)
  if (look) element.className = look
  for (const [name, value] of Object.entries(given)) {
    if (name in element && typeof value !== 'string') element[name] = value
    else element.setAttribute(name, value)
  }
  element.append(...inside.filter((part) => part !== null && part !== undefined))
  return element
}

// `%(name)s` is filled with what is given.
export const filled = (text, given) =>
  Object.entries(given).reduce((made, [name, value]) => made.replaceAll(`%(${name})s`, value), text)

export function press(words, act, look = 'quiet') {
  const looks = { main: '', quiet: ' govuk-button--secondary', stop: ' govuk-button--warning', plain: null }
  const button = make('button', look === 'plain' ? 'od-plain-button' : `govuk-button${looks[look]}`, { type: 'button' }, words)
  button.addEventListener('click', act)
  return button
}

let last = 0
export const newId = () => `mark-${last += 1}`

// A list of choices that looks like the answers of the form. `options` are [value, words, sign].
export function choices({ legend, look, options, chosen, change }) {
  const name = newId()
  const rows = options.map(([value, words, sign], at) => {
    const input = make('input', `${look}__input`, { type: 'radio', id: `${name}-${at}`, name, value, checked: value === chosen })
    input.addEventListener('change', () => change(value))
    const label = make('label', `${look}__label`, { for: input.id }, sign, make('span', '', {}, words))
    return [input, label]
  })
  return { legend: make('legend', '', {}, ...legend), rows }
}
