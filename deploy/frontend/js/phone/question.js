// One question, drawn from the same macro as on the server's pages, with what was said so far.
import { check, copyOf } from './drawing.js'
import { ENVIRONMENT } from './draft.js'
import { heard, offerReading } from './read_aloud.js'
import { offerVoice } from './voice_of_part.js'

const OFFERED = { T: ['good', 'both'], C: ['bad', 'both'], B: [] }
const STRENGTHS = { T: ['comfort'], C: ['trigger'], B: [] }

export function question(phone, part, item, said = {}) {
  const drawn = copyOf('t-question', item.code).firstElementChild
  drawn.querySelector('.od-item__prompt').textContent = item.prompt
  if (phone.page.kind === ENVIRONMENT) felt(drawn, item)
  else facts(drawn, phone.page, part, item)
  check(drawn, `a.${item.code}`, said.answer)
  check(drawn, `t.${item.code}`, said.trigger)
  check(drawn, `c.${item.code}`, said.comfort)
  drawn.classList.toggle('od-item--said', Boolean(said.answer))
  if (said.words) {
    drawn.querySelector('textarea').value = said.words
    drawn.querySelector('details').open = true
  }
  offerVoice(phone, drawn.querySelector('[data-voice]'), part, item.code)
  offerReading(drawn, item.prompt, () => heard(drawn))
  return drawn
}

function felt(drawn, item) {
  OFFERED[item.kind].forEach((value) => drawn.querySelector(`.od-answer--${value}`).remove())
  STRENGTHS[item.kind].forEach((kind) => drawn.querySelector(`.od-strength--${kind}`).remove())
  for (const kind of ['trigger', 'comfort']) {
    const example = drawn.querySelector(`.od-strength--${kind} .od-strength__choice:last-child .od-soft`)
    if (!example) continue
    const words = item.anchors?.[kind]
    if (words) example.textContent = example.textContent.replace('ANCHOR', words)
    else example.remove()
  }
}

function facts(drawn, page, part, item) {
  if (part.code !== 'AF') drawn.querySelector('.od-answer--fact-too-soon').remove()
  drawn.querySelectorAll('.od-answer__input').forEach((input) => {
    const words = item.answer_words?.[input.value]
    if (words && input.value !== 'skip') input.nextElementSibling.firstElementChild.textContent = words
  })
}
