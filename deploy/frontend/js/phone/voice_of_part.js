// Voice notes in the form: at every place for words one may be said instead. It is kept on this phone like a photo, and the visit
// names it with its hash and the place it belongs to.
import { beside, ENVIRONMENT } from './draft.js'
import { copyOf, fill, page, slot, word } from './drawing.js'
import { dropFile, fileOf, keepFile } from './kept.js'
import { whenOpened } from './little_by_little.js'
import { atTheEnd } from './screens.js'
import { canRecord, voiceNote } from './voice.js'

// `item` null: the part as a whole. Where the place is folded away, nothing is drawn before somebody opens it.
export function offerVoice(phone, place, part, item = null) {
  if (!place || !canRecord()) return
  const building = phone.page.kind === ENVIRONMENT
  const where = { zone: building ? part.code : null, stage: building ? null : part.code, item }
  const same = (voice) => ['zone', 'stage', 'item'].every((name) => (voice[name] ?? null) === where[name])
  const before = (phone.visit.draft.voice_notes ?? []).find(same)
  const fold = place.closest('details')
  if (!fold) { draw(phone, place, part, where, before); return }
  const open = whenOpened(fold, () => draw(phone, place, part, where, before))
  if (before) open()
}

const kept = (id) => ({ id, blob: async () => (await fileOf(id))?.blob })

async function drop(phone, id) {
  await phone.flush()
  await dropFile(id)
  phone.change((draft) => { draft.voice_notes = draft.voice_notes.filter((one) => one.voice_id !== id) })
}

const promptOf = (part, item) => part.items.find(({ code }) => code === item)?.prompt

// The voice notes of a part before they are sent: heard, or thrown away, as where they were said.
export function showVoices(phone, section, part) {
  const { draft } = phone.visit
  const list = slot(section, 'voices')
  for (const { voice_id: id, item } of beside(draft, 'voice_notes', part)) {
    const row = copyOf('t-voiced')
    const name = [word('file-voice', { number: draft.voice_notes.findIndex((one) => one.voice_id === id) + 1 }), promptOf(part, item)].filter(Boolean).join('. ')
    fill(row, { name })
    const says = { ...page.words.voice.says, kept: '' }
    const note = voiceNote(slot(row, 'voice'), { words: { ...page.words.voice, says }, label: name, existing: kept(id), drop: (gone) => drop(phone, gone) })
    atTheEnd(() => note.close())
    list.append(row)
  }
  if (!list.firstChild) list.remove()
}

function draw(phone, place, part, where, before) {
  if (!before && (phone.visit.draft.voice_notes ?? []).length >= phone.page.limits.voice_notes) return

  async function keep(blob, mediaType, seconds) {
    const id = crypto.randomUUID()
    await phone.flush()
    const { sha256, bytes } = await keepFile(phone.visit.id, { id, kind: 'voice', blob, media_type: mediaType })
    phone.change((draft) => {
      draft.voice_notes ??= []
      if (!draft.voice_notes.some((one) => one.voice_id === id)) {
        draft.voice_notes.push({ voice_id: id, sha256, media_type: mediaType, bytes, seconds, ...where })
      }
    })
    await phone.flush()
    return kept(id)
  }

  const note = voiceNote(place, {
    words: page.words.voice, label: promptOf(part, where.item) ?? part.name,
    longest_seconds: phone.page.limits.voice_seconds,
    existing: before ? kept(before.voice_id) : null, keep, drop: (id) => drop(phone, id),
  })
  atTheEnd(() => note.close())
}
