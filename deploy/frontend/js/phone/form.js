// One part of the building or one stage of the talk: draws its questions and writes every answer into the draft at once.
import { atTheEnd, holdBack, titled } from './screens.js'
import { check, chosen, copyOf, fill, make, slot, typed, word } from './drawing.js'
import {
  ENVIRONMENT, answersIn, everything, partOf, place, said, sayEverything, shownIn,
} from './draft.js'
import { littleByLittle, once, whenOpened } from './little_by_little.js'
import { headingOf, oneAtATime, walk } from './one_question.js'
import { drawPhotos, PHOTOS } from './photos_of_part.js'
import { question } from './question.js'
import { heard, offerReading } from './read_aloud.js'
import { offerVoice } from './voice_of_part.js'
import { noteHere } from './way_back.js'

export function drawPart(phone, screen, { part: code, at = null, step = null, from = null }) {
  const { page, visit: { draft } } = phone
  const part = partOf(page, code)
  const building = draft.kind === ENVIRONMENT
  titled(screen, part.name)
  slot(screen, 'where').textContent = word('where', { name: page.site.name, number: page.parts.indexOf(part) + 1, of: page.parts.length })
  const questions = slot(screen, 'questions')
  const steps = (building ? zone : stage)(phone, part, from)
  const sought = steps.findIndex((one) => at && one.code === at)
  wireEnding(phone, screen, part)
  const form = screen.querySelector('form')
  form.addEventListener('submit', (event) => event.preventDefault())
  form.addEventListener('input', (event) => take(phone, part, form, event.target))
  if (oneAtATime()) return one(phone, screen, part, steps, step ?? sought)
  littleByLittle(questions, steps.map(({ make: drawn }) => drawn), 2 + sought)
  const found = at === PHOTOS ? questions.querySelector('.od-step--photos') : form.querySelector(`[name="a.${at}"]`)?.closest('.od-item')
  return found ? headingOf(found) : null
}

// What a part asks, in its order: each with a function that draws it, and the code of its question.
function zone(phone, part, from) {
  const { visit: { draft } } = phone
  const shown = shownIn(draft, part)
  const core = shown.filter((item) => item.core)
  const rest = shown.filter((item) => !item.core)
  const folded = core.length > 0 && draft.form === 'short'
  return [
    { make: () => first(phone, part) },
    { make: () => asking(phone, part, shown) },
    ...(folded ? [{ make: () => fold(phone, part, core) }] : asked(phone, part, core)),
    ...asked(phone, part, rest),
    { code: PHOTOS, make: () => drawPhotos(phone, part, from) },
    { make: () => choosing('t-everything', 'everything', everything(draft, part)) },
  ]
}

function stage(phone, part) {
  return [
    { make: () => asking(phone, part, part.items) },
    ...asked(phone, part, part.items),
    { make: () => choosing('t-face', 'face', phone.visit.draft.faces[part.code]) },
  ]
}

function asked(phone, part, items) {
  const draw = (item) => question(phone, part, item, answersIn(phone.visit.draft, part).get(item.code))
  return items.map((item) => ({ code: item.code, make: () => draw(item) }))
}

// The questions that come everywhere again, out of the way until somebody wants them or has answered one.
function fold(phone, part, core) {
  const step = wrapped('t-core')
  const given = answersIn(phone.visit.draft, part)
  const open = whenOpened(step.querySelector('details'), () => slot(step, 'core').append(...asked(phone, part, core).map(({ make: drawn }) => drawn())))
  if (core.some((item) => given.has(item.code))) open()
  return step
}

function choosing(id, name, value) {
  const step = wrapped(id)
  check(step, name, value)
  aloud(step)
  return step
}

const wrapped = (id) => make('div', 'od-step', copyOf(id))

function aloud(step) {
  const prompt = step.querySelector('.od-question, .od-item__prompt')
  const where = make('div', '')
  prompt.closest('.govuk-form-group').prepend(where)
  offerReading(where.parentElement, prompt.textContent.trim(), () => heard(step))
  where.remove()
}

function first(phone, part) {
  const step = wrapped('t-first')
  step.querySelector('[name="first"]').value = phone.visit.draft.first_impressions[part.code] ?? ''
  offerVoice(phone, step.querySelector('[data-voice]'), part)
  aloud(step)
  return step
}

// What is asked here, and before anything that can stir something up a word of what it is about.
function asking(phone, part, shown) {
  const step = wrapped('t-asking')
  const topics = [...new Set(shown.map((item) => item.hard).filter(Boolean))]
  if (!topics.length) return step
  const notice = copyOf('t-hard')
  const list = topics.length > 1 ? `${topics.slice(0, -1).join(', ')} ${word('and')} ${topics.at(-1)}` : topics[0]
  fill(notice, { hard: word('hard', { topics: list }) })
  slot(notice, 'skip-part').addEventListener('click', (event) => { event.preventDefault(); onward(phone, part)() })
  step.prepend(notice)
  return step
}

function onward(phone, part) {
  const next = phone.page.parts[phone.page.parts.indexOf(part) + 1]
  return () => (next ? phone.go('part', { part: next.code }) : phone.go('check'))
}

function wireEnding(phone, screen, part) {
  const next = phone.page.parts[phone.page.parts.indexOf(part) + 1]
  const button = slot(screen, 'next')
  button.textContent = next ? word('next_part', { name: next.name }) : word('look_over')
  button.addEventListener('click', onward(phone, part))
}

function one(phone, screen, part, steps, step) {
  const walking = walk(slot(screen, 'questions'), steps.map(({ make: drawn }) => once(drawn)), {
    at: step,
    after: slot(screen, 'ending'),
    out: () => phone.go('parts'),
    moved(now) {
      noteHere({ step: now })
      phone.change((draft) => { draft.here = { ...draft.here, step: now } })
    },
  })
  holdBack(() => walking.back())
  atTheEnd(() => screen.classList.remove('od-phone--one'))
  screen.classList.add('od-phone--one')
}

// What was just touched, into the draft.
function take(phone, part, form, { name }) {
  const zoneCode = phone.visit.draft.kind === ENVIRONMENT ? part.code : null
  if (name === 'first') {
    const words = typed(form, 'first')
    phone.change((draft) => {
      if (words) draft.first_impressions[part.code] = words
      else delete draft.first_impressions[part.code]
    })
  } else if (name === 'everything') {
    const answer = chosen(form, 'everything')
    phone.change((draft) => sayEverything(draft, part, answer))
  } else if (name === 'face') {
    const face = Number(chosen(form, 'face'))
    phone.change((draft) => { draft.faces[part.code] = face })
  } else if (/^[atcw]\./.test(name ?? '')) {
    const code = name.slice(2)
    const answer = said({
      answer: chosen(form, `a.${code}`), trigger: chosen(form, `t.${code}`), comfort: chosen(form, `c.${code}`), words: typed(form, `w.${code}`),
    })
    form.querySelector(`[name="a.${code}"]`).closest('.od-item').classList.toggle('od-item--said', Boolean(answer))
    phone.change((draft) => {
      if (answer) draft.answers[place(code, zoneCode)] = answer
      else delete draft.answers[place(code, zoneCode)]
      draft.here = { ...draft.here, at: code }
    })
  }
}
