// The questions changed while a visit lay on the phone, and the server takes only the new ones: the visit goes on with those. What was
// said to a question that is gone stays on this phone and is shown before sending, and comes back when the question does.
import { ENVIRONMENT, place } from './draft.js'
import { changeVisit, markVisit } from './kept.js'

// The visit as it is to be shown; `page` has the newest questions this phone could get.
export async function withNewQuestions(visit, page) {
  if (!visit?.anew || visit.state !== 'writing' || visit.draft.instrument_version === page.version) return visit
  await changeVisit(visit.id, (draft) => askAnew(draft, page))
  return markVisit(visit.id, { anew: false })
}

function askAnew(draft, page) {
  const all = { ...Object.fromEntries((draft.gone ?? []).map(({ at, said }) => [at, said])), ...draft.answers }
  const prompts = new Map([...(draft.gone ?? []).map(({ at, prompt }) => [at, prompt]), ...placesOf(draft, draft.asked)])
  const now = new Map(placesOf(draft, page.parts))
  const sorted = Object.entries(all)
  draft.gone = sorted.filter(([at]) => !now.has(at)).map(([at, said]) => ({ at, said, prompt: prompts.get(at) ?? '' }))
  draft.answers = Object.fromEntries(sorted.filter(([at]) => now.has(at)))
  Object.assign(draft, { instrument_version: page.version, asked: page.parts })
}

const placesOf = (draft, parts) => (parts ?? []).flatMap((part) =>
  part.items.map((item) => [place(item.code, draft.kind === ENVIRONMENT ? part.code : null), item.prompt]))
