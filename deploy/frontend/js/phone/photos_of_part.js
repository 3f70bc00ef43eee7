// The photos of one part of the building: take or choose one, see which are there, and mark them; where no photos may be taken, a
// plan to put pins on. A photo is made small before it is kept, and its marks are kept as they are made.
import { atTheEnd, holdBack, titled } from './screens.js'
import { copyOf, fill, make, slot, word } from './drawing.js'
import { beside, partOf } from './draft.js'
import { dropFile, fileOf, keepFile, PhoneFull } from './kept.js'
import { NoPictures, pictures } from './with_pictures.js'

const LONGEST = 1600
const REFUSED = { 'not-a-photo': 'not_a_photo', 'too-big': 'too_big' }
// The place of the photos in a part, as the code of a question is the place of a question.
export const PHOTOS = 'photos'
const asked = (part) => part.items.map(({ code, prompt }) => ({ code, prompt }))

// `from`: the screen that led to this part, when it was not the list of parts; it is found again behind the photo.
export function drawPhotos(phone, part, from) {
  if (!phone.page.site.photos_allowed) return drawSketch(phone, part)
  const step = make('div', 'od-step od-step--photos', copyOf('t-photos'))
  step.dataset.from = from ?? ''
  refresh(phone, part, step)
  step.addEventListener('change', async (event) => {
    const [file] = event.target.files ?? []
    if (file) await add(phone, part, step, file)
  })
  return step
}

function refresh(phone, part, step) {
  const { photos } = phone.visit.draft
  const room = photos.length < phone.page.limits.photos
  slot(step, 'pair').hidden = !room
  slot(step, 'full').hidden = room
  const mine = photos.filter((photo) => photo.zone === part.code)
  slot(step, 'thumbs').hidden = !mine.length
  slot(step, 'thumbs').replaceChildren(...mine.map((photo) => thumb(photo, photos.indexOf(photo) + 1, step.dataset.from)))
}

function thumb(photo, number, from) {
  const drawn = copyOf('t-thumb').firstElementChild
  const link = drawn.querySelector('a')
  Object.assign(link.dataset, { go: 'photo', part: photo.photo_id, from })
  fill(drawn, { name: `${word('file-photo', { number })}. ${word(photo.annotations.length ? 'marked' : 'no_marks')}` })
  showKept(drawn.querySelector('img'), photo.photo_id)
  return drawn
}

// Shows a kept photo; its address is given back when the screen goes away. `unseen()` when it is gone, or this phone cannot show it.
export async function showKept(image, id, unseen = () => {}) {
  const file = await fileOf(id)
  if (!file) { unseen(); return }
  if (!image.isConnected) return
  image.addEventListener('error', unseen)
  image.src = URL.createObjectURL(file.blob)
  if (file.width) Object.assign(image, { width: file.width, height: file.height })
  const { src } = image
  atTheEnd(() => URL.revokeObjectURL(src))
}

// The photos and pins of a part before they are sent, from this phone, so that they are there without signal.
export async function showPhotos({ page, visit: { draft } }, section, part) {
  const [photos, pins] = ['photos', 'pins'].map((name) => beside(draft, name, part))
  const rows = photos.map((photo) => {
    const row = copyOf('t-shown').firstElementChild
    Object.assign(row.querySelector('a').dataset, { go: 'photo', part: photo.photo_id, over: 'check' })
    fill(row, { name: word('look_at_photo', { number: draft.photos.indexOf(photo) + 1 }), none: photo.annotations.length ? null : word('no_marks') })
    return row
  })
  slot(section, 'photos').append(...rows)
  if (!photos.length) slot(section, 'photos').remove()
  const pinned = slot(section, 'pins')
  if (!pins.length) pinned.remove()
  if (!photos.length && !pins.length) return
  const { showMarks, toldIn } = await pictures().catch(() => ({}))
  rows.forEach((row, at) => {
    const [frame, list] = [slot(row, 'frame'), slot(row, 'marks')]
    showKept(frame.firstChild, photos[at].photo_id, () => frame.remove())
    showMarks?.(frame, list, photos[at], part.items, page.words.photos)
    if (!list.firstChild) list.remove()
  })
  toldIn?.(pinned, pins, part.items, page.words.photos)
}

async function add(phone, part, step, chosen) {
  const says = slot(step, 'photo-says')
  says.textContent = word('photo_keeping')
  const id = crypto.randomUUID()
  try {
    const { shrink } = await pictures()
    const made = await shrink(chosen, { longest: LONGEST, most: phone.page.limits.photo_bytes })
    await phone.flush()
    const file = await keepFile(phone.visit.id, { id, kind: 'photo', ...made })
    phone.change((draft) => { draft.photos.push({ ...listed(file), zone: part.code, annotations: [] }) })
    await phone.flush()
  } catch (error) {
    says.textContent = sorry(phone, error)
    return
  }
  const { from } = step.dataset
  if (step.isConnected) phone.go('photo', { part: id, ...(from && { from }) })
}

const listed = ({ id, sha256, media_type: type, bytes }) => ({ photo_id: id, sha256, media_type: type, bytes })

function sorry({ page }, error) {
  if (error instanceof NoPictures) return word('no_pictures')
  if (error instanceof self.openDoorPictures.PhotoRefused) return page.words.photos[REFUSED[error.why]] ?? page.words.photos.not_a_photo
  return word(error instanceof PhoneFull ? 'phone_full' : 'photo_failed')
}

// The screen of one photo.
export async function drawPhoto(phone, screen, { part: id, from, over }) {
  const photo = phone.visit.draft.photos.find((one) => one.photo_id === id)
  const part = partOf(phone.page, photo.zone)
  titled(screen, word('file-photo', { number: phone.visit.draft.photos.indexOf(photo) + 1 }))
  slot(screen, 'where').textContent = part.name
  const desk = slot(screen, 'photo')
  const back = () => (over ? phone.go('check') : phone.go('part', { part: part.code, at: PHOTOS, ...(from && { from }) }))
  const [file, { openPhoto }] = await Promise.all([fileOf(id), pictures().catch(() => ({}))])
  if (!desk.isConnected) return
  if (!openPhoto) { desk.textContent = word('no_pictures'); return }
  if (!file) { desk.textContent = word('file-lost'); return }
  const open = await openPhoto(desk, {
    photo, blob: file.blob, items: asked(part), words: phone.page.words.photos, longest: phone.page.limits.words, done: back,
    change: (entry, blob) => keep(phone, entry, blob),
    async away() {
      await phone.flush()
      try { await dropFile(id) } catch (error) { phone.kept(error); return }
      phone.change((draft) => { draft.photos = draft.photos.filter((one) => one.photo_id !== id) })
      back()
    },
  })
  if (!desk.isConnected) { open.close(); return }
  atTheEnd(() => open.close())
  holdBack(() => open.held())
}

async function keep(phone, entry, blob) {
  let now = entry
  if (blob) {
    const file = await keepFile(phone.visit.id, { id: entry.photo_id, kind: 'photo', blob, media_type: entry.media_type })
    now = { ...entry, ...listed(file) }
  }
  phone.change((draft) => { draft.photos = draft.photos.map((one) => (one.photo_id === now.photo_id ? now : one)) })
  if (blob) await phone.flush()
}

function drawSketch(phone, part) {
  const step = make('div', 'od-step', copyOf('t-sketch'))
  const fold = step.querySelector('details')
  const open = async () => {
    if (!fold.open || fold.dataset.drawn) return
    fold.dataset.drawn = 'yes'
    const { openSketch } = await pictures().catch(() => ({}))
    if (!openSketch) { slot(step, 'sketch').textContent = word('no_pictures'); delete fold.dataset.drawn; return }
    if (!step.isConnected) return
    const sketch = openSketch(slot(step, 'sketch'), {
      part: part.code, name: part.name, pins: phone.visit.draft.pins ?? [], items: asked(part), words: phone.page.words.photos,
      longest: phone.page.limits.words, change: (pins) => phone.change((draft) => { draft.pins = pins }),
    })
    atTheEnd(() => sketch.close())
  }
  fold.addEventListener('toggle', open)
  fold.open = (phone.visit.draft.pins ?? []).some((pin) => pin.zone === part.code)
  return step
}
