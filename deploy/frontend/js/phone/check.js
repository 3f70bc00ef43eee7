// Before you send: everything that was said, by part, with a way to change it; when it was, and what may be done with it.
import { check, copyOf, fill, slot, word, wordsOf } from './drawing.js'
import { answersIn, everything, lacksStrength, partState, shownIn, visitOf } from './draft.js'
import { markVisit, queueVisit } from './kept.js'
import { showPhotos } from './photos_of_part.js'
import { showVoices } from './voice_of_part.js'

const FIELDS = ['visited_on', 'part_of_day']

export function drawCheck(phone, screen) {
  const { page, visit } = phone
  const { draft } = visit
  slot(screen, 'parts').append(...page.parts.map((part) => checked(phone, part)), ...goneFrom(phone))
  const day = screen.querySelector('[name="visited_on"]')
  day.max = today()
  day.value = draft.visited_on ?? ''
  check(screen, 'part_of_day', draft.part_of_day)
  if (draft.stopped_early) check(screen, 'keep_answers', draft.keep_answers ? 'yes' : 'no')
  else slot(screen, 'keep').remove()
  Object.entries(draft.consents).forEach(([name, yes]) => { screen.querySelector(`[name="${name}"]`).checked = yes })
  screen.querySelector('[name="shared_phone"]').checked = visit.shared_phone
  const form = screen.querySelector('form')
  form.addEventListener('input', ({ target }) => take(phone, form, target))
  form.addEventListener('submit', (event) => { event.preventDefault(); send(phone, screen) })
}

// The day where the person is, not in Greenwich.
export function today(now = new Date()) {
  return [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((part) => String(part).padStart(2, '0')).join('-')
}

function take(phone, form, { name, checked: yes, value }) {
  if (name === 'shared_phone') { phone.visit.shared_phone = yes; markVisit(phone.visit.id, { shared_phone: yes }); return }
  phone.change((draft) => {
    if (FIELDS.includes(name)) draft[name] = value || null
    else if (name === 'keep_answers') draft.keep_answers = value === 'yes'
    else if (name in draft.consents) draft.consents[name] = yes
  })
}

function checked(phone, part) {
  const { page, visit: { draft } } = phone
  const section = copyOf('t-checked')
  const given = answersIn(draft, part)
  const { open } = partState(draft, part)
  const first = draft.first_impressions[part.code]
  const face = draft.faces[part.code]
  const rest = everything(draft, part) === 'yes' && open ? word('rest_fine')
    : open ? word(open === 1 ? 'one_skipped' : 'some_skipped') : partState(draft, part).state === 'none' ? word('nothing_said') : null
  const change = slot(section, 'change')
  Object.assign(change.dataset, { part: part.code, from: 'check' })
  change.setAttribute('aria-label', word('change_part', { name: part.name }))
  fill(section, {
    name: part.name, first: first ? word('first_said', { words: first }) : null,
    face: face ? word('felt', { face: wordsOf('t-face', 'face', face) }) : null, rest,
  })
  showPhotos(phone, section, part)
  showVoices(phone, section, part)
  const list = slot(section, 'said')
  const items = shownIn(draft, part).filter((item) => given.has(item.code))
  if (items.length) list.append(...items.map((item) => line(page, item, given.get(item.code))))
  else list.remove()
  return section
}

// What was said to questions that are not asked any more.
function goneFrom({ page, visit: { draft: { gone } } }) {
  if (!gone?.length) return []
  const section = copyOf('t-checked')
  fill(section, { name: word('gone'), change: null, first: word('gone_stays'), face: null, rest: null, photos: null, pins: null, voices: null })
  slot(section, 'said').append(...gone.map(({ prompt, said }) => line(page, { prompt }, said)))
  return [section]
}

function line(page, item, said) {
  const row = copyOf('t-said')
  fill(row, { prompt: item.prompt, answer: inWords(page, item, said), words: said.words ? word('quoted', { words: said.words }) : null })
  if (!said.words) slot(row, 'break').remove()
  return row
}

function inWords(page, item, said) {
  if (said.answer === 'skip') return word('skipped')
  const answer = item.answer_words?.[said.answer] ?? wordsOf('t-question', 'a.Q_', said.answer)
  const strengths = [['trigger', 't.Q_', '▲'], ['comfort', 'c.Q_', '●']].filter(([name]) => said[name])
    .map(([name, field, sign]) => `${sign} ${wordsOf('t-question', field, said[name])}`)
  return [answer, ...strengths].join('. ').replace(/([.?!])\./g, '$1')
}

// What still has to be known: [where to go, what to say].
function faults(phone, form) {
  const { page, visit: { draft } } = phone
  const found = []
  const day = form.querySelector('[name="visited_on"]')
  if (!draft.visited_on) found.push([{ field: day }, word('needs_day')])
  else if (draft.visited_on > today()) found.push([{ field: day }, word('day_ahead')])
  if (!draft.part_of_day) found.push([{ field: form.querySelector('[name="part_of_day"]') }, word('needs_part_of_day')])
  for (const part of page.parts) {
    const here = { part: part.code }
    const tooLong = (words) => (words ?? '').length > page.limits.words
    if (tooLong(draft.first_impressions[part.code])) found.push([here, word('too_long', { prompt: part.name })])
    const items = new Map(part.items.map((item) => [item.code, item]))
    answersIn(draft, part).forEach((said, code) => {
      const { prompt } = items.get(code)
      if (lacksStrength(said)) found.push([{ ...here, at: code }, word('needs_strength', { prompt })])
      if (tooLong(said.words)) found.push([{ ...here, at: code }, word('too_long', { prompt })])
    })
  }
  return found
}

export function sayFaults(phone, screen, found) {
  const summary = copyOf('t-faults').firstElementChild
  summary.querySelector('ul').append(...found.map(([to, text]) => {
    const link = Object.assign(document.createElement('a'), { href: '#', textContent: text })
    link.addEventListener('click', (event) => {
      event.preventDefault()
      if (to.field) to.field.focus()
      else if (to.part) phone.go('part', { ...to, from: 'check' })
    })
    const line = document.createElement('li')
    line.append(link)
    return line
  }))
  slot(screen, 'faults').replaceChildren(summary)
  summary.focus()
}

async function send(phone, screen) {
  const form = screen.querySelector('form')
  const found = faults(phone, form)
  if (found.length) { sayFaults(phone, screen, found); return }
  await phone.flush()
  try {
    await queueVisit(phone.visit.id, visitOf(phone.visit.draft, phone.page))
  } catch (error) {
    phone.kept(error)
    return
  }
  await phone.sent()
}

