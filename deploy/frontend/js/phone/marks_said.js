// What a mark or a pin says: what it did, how much, what it is about, and words. One question after the other, so that nothing
// long stands under the picture before it is needed.
import { COMFORT, SIGNS, TRIGGER, isWhole } from './marks.js'
import { choices, make, newId } from './marks_parts.js'

const A_MOMENT = 400 // milliseconds after the last letter until words are kept

const sign = (value, times = 1, look = `od-answer__sign od-answer__sign--${value}`) =>
  make('span', look, { 'aria-hidden': 'true' }, SIGNS[value].repeat(times))

// `changed()` is called when `thing` says something new. Gives back {element, keep}; `keep` keeps what is being typed at once.
export function saying(thing, { items, words, longest, changed }) {
  const element = make('div', 'od-saying')
  let typing = 0
  let field = null

  function kind() {
    const { legend, rows } = choices({
      legend: [words.what], look: 'od-answer', chosen: thing.value,
      options: [[TRIGGER, words.trigger, sign(TRIGGER)], [COMFORT, words.comfort, sign(COMFORT)]],
      change(value) { thing.value = value; more.replaceChildren(strength(), ...rest); answered() },
    })
    legend.className = 'od-saying__legend'
    const looks = ['od-answer od-answer--bad', 'od-answer od-answer--good']
    return make('fieldset', 'od-item__field', {}, legend, make('div', 'od-answers', {}, ...rows.map((row, at) => make('div', looks[at], {}, ...row))))
  }

  function strength() {
    const { legend, rows } = choices({
      legend: [sign(thing.value, 1, ''), ` ${words[`how_${thing.value}`]}`], look: 'od-strength', chosen: thing.strength,
      options: words[`strength_${thing.value}`].map((said, at) => [at + 1, said, sign(thing.value, at + 1, 'od-strength__dots')]),
      change(value) { thing.strength = value; answered() },
    })
    legend.className = 'od-strength__legend'
    const shown = rows.map((row) => make('div', 'od-strength__choice', {}, ...row))
    return make('fieldset', `od-strength od-strength--${thing.value}`, {}, legend, ...shown)
  }

  function about() {
    const id = newId()
    const options = items.map(({ code, prompt }) => make('option', '', { value: code, selected: code === thing.item }, prompt))
    if (!items.some(({ code }) => code === thing.item)) options.unshift(make('option', '', { value: '', selected: true }, words.choose))
    const select = make('select', 'govuk-select', { id }, ...options)
    select.addEventListener('change', () => { thing.item = select.value; answered() })
    return make('div', 'govuk-form-group', {}, make('label', 'govuk-label', { for: id }, words.about), select)
  }

  function inWords() {
    const id = newId()
    field = make('textarea', 'govuk-textarea', { id, rows: '2', maxlength: String(longest) })
    field.value = thing.words ?? ''
    field.addEventListener('input', () => { clearTimeout(typing); typing = setTimeout(keep, A_MOMENT) })
    field.addEventListener('change', keep)
    return make('div', 'govuk-form-group', {}, make('label', 'govuk-label', { for: id }, words.own_words), field)
  }

  function keep() {
    clearTimeout(typing)
    const said = field.value.replaceAll('\r\n', '\n').trim()
    if (said === (thing.words ?? '')) return
    thing.words = said
    changed()
  }

  function answered() {
    rest[1].hidden = !isWhole(thing)
    changed()
  }

  const rest = [about(), inWords()]
  const more = make('div')
  rest[1].hidden = !isWhole(thing)
  if (thing.value) more.append(strength(), ...rest)
  element.append(kind(), more)
  return { element, keep }
}
