// A visit while it is written on the phone: the shape and the rules of services/intake/domain/draft.py, so that the body
// that is sent at last is the very one the server's own form would have made.

export const ENVIRONMENT = 'environment'
const CONSENTS = ['use_words', 'use_photos', 'quote', 'tell_me', 'contact_again']
const NEEDS = { bad: ['trigger'], good: ['comfort'], both: ['trigger', 'comfort'] }
// What only the phone needs to know; it is never sent.
const OWN = ['asked_if_everything', 'corrects', 'here', 'asked', 'gone']
const SENT_WHEN_THERE = ['voice_notes', 'pins']

export function newDraft(page) {
  return {
    exercise_id: page.exercise, site_id: page.site.id, wave: page.wave, kind: page.kind,
    instrument: page.instrument, instrument_version: page.version,
    form: page.kind === ENVIRONMENT ? 'short' : 'long', channel: page.channel,
    visited_on: null, part_of_day: null, stopped_early: Boolean(page.stopped), keep_answers: null,
    answers: {}, zones_complete: [], asked_if_everything: [], first_impressions: {}, faces: {},
    photos: [], voice_notes: [], pins: [],
    consents: Object.fromEntries(CONSENTS.map((name) => [name, false])),
    corrects: null, here: { screen: 'parts' }, asked: page.parts,
  }
}

export const place = (code, zone) => (zone ? `${zone}/${code}` : code)

const itemOf = (page, code) => page.parts.flatMap((part) => part.items).find((item) => item.code === code)

// The body of wire.md §3. An answer that only the long form asks makes it the long form: nothing is thrown away.
export function visitOf(draft, page) {
  const answers = Object.entries(draft.answers).map(([at, said]) => {
    const cut = at.lastIndexOf('/')
    return { item: at.slice(cut + 1), ...(cut > 0 ? { zone: at.slice(0, cut) } : {}), ...said }
  })
  const onlyLong = (answer) => { const item = itemOf(page, answer.item); return item && !item.short && !item.core }
  const form = draft.form === 'short' && answers.some(onlyLong) ? 'long' : draft.form
  const visit = { ...draft, answers, form, keep_answers: draft.keep_answers === true }
  OWN.forEach((name) => delete visit[name])
  SENT_WHEN_THERE.forEach((name) => { if (!visit[name]?.length) delete visit[name] })
  return visit
}

// One answer from its fields; null when nothing was said. A strength that does not belong is dropped.
export function said({ answer, trigger, comfort, words }) {
  const found = {}
  if (answer || words) found.answer = answer || 'skip'
  const needs = NEEDS[answer] ?? []
  for (const [name, given] of [['trigger', trigger], ['comfort', comfort]]) {
    if (needs.includes(name) && ['1', '2', '3'].includes(given)) found[name] = Number(given)
  }
  if (words) found.words = words
  return Object.keys(found).length ? found : null
}

export const lacksStrength = (one) => (NEEDS[one.answer] ?? []).find((name) => !(name in one))

export const partOf = (page, code) => page.parts.find((part) => part.code === code)

export function itemsIn(draft, part) {
  if (draft.kind !== ENVIRONMENT || draft.form === 'long') return part.items
  return part.items.filter((item) => item.core || item.short)
}

export function answersIn(draft, part) {
  const zone = draft.kind === ENVIRONMENT ? part.code : null
  const known = part.items.filter((item) => draft.answers[place(item.code, zone)])
  return new Map(known.map((item) => [item.code, draft.answers[place(item.code, zone)]]))
}

// On the short form an answer to another question of the part stays in sight, or nobody could take it back.
export function shownIn(draft, part) {
  const items = itemsIn(draft, part)
  const given = answersIn(draft, part)
  return [...items, ...part.items.filter((item) => given.has(item.code) && !items.includes(item))]
}

export const beside = (draft, name, part) => (draft[name] ?? []).filter((one) => (one.zone ?? one.stage) === part.code)

// How far a part is: none, some or done; and how many of its questions were left open.
export function partState(draft, part) {
  const given = answersIn(draft, part)
  const asked = new Set(itemsIn(draft, part).filter((item) => draft.form === 'long' || !item.core).map((item) => item.code))
  given.forEach((_, code) => asked.add(code))
  const more = draft.first_impressions[part.code] || draft.faces[part.code]
    || ['photos', 'voice_notes', 'pins'].some((name) => beside(draft, name, part).length)
  const done = draft.asked_if_everything.includes(part.code) || (asked.size > 0 && given.size === asked.size)
  return { state: done ? 'done' : given.size || more ? 'some' : 'none', open: asked.size - given.size, count: given.size }
}

export function everything(draft, part) {
  if (!draft.asked_if_everything.includes(part.code)) return null
  return draft.zones_complete.includes(part.code) ? 'yes' : 'no'
}

export function sayEverything(draft, part, answer) {
  for (const [name, wanted] of [['zones_complete', answer === 'yes'], ['asked_if_everything', true]]) {
    draft[name] = [...draft[name].filter((code) => code !== part.code), ...(wanted ? [part.code] : [])]
  }
}
