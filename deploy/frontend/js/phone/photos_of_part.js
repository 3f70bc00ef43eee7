// The photos of one part of the building: take or choose one, and see which are there. They are shrunk before they are kept.
import { atTheEnd } from './screens.js'
import { copyOf, fill, make, slot, word } from './drawing.js'
import { fileOf, keepFile, PhoneFull } from './kept.js'
import { shrink } from './photo.js'

const LONGEST = 1600

export function drawPhotos(phone, part) {
  if (!phone.page.site.photos_allowed) return null
  const step = make('div', 'od-step', copyOf('t-photos'))
  draw(phone, part, step)
  step.addEventListener('change', async (event) => {
    const [file] = event.target.files ?? []
    if (file) await add(phone, part, step, file)
  })
  return step
}

function draw(phone, part, step) {
  const { photos } = phone.visit.draft
  const room = photos.length < phone.page.limits.photos
  slot(step, 'pair').hidden = !room
  slot(step, 'full').hidden = room
  const mine = photos.filter((photo) => photo.zone === part.code)
  slot(step, 'thumbs').hidden = !mine.length
  slot(step, 'thumbs').replaceChildren(...mine.map((photo) => thumb(photo, photos.indexOf(photo) + 1)))
}

function thumb(photo, number) {
  const drawn = copyOf('t-thumb').firstElementChild
  const link = drawn.querySelector('a')
  Object.assign(link.dataset, { go: 'photo', part: photo.photo_id })
  fill(drawn, { name: `${word('photo', { number })}. ${word(photo.annotations.length ? 'marked' : 'no_marks')}` })
  show(drawn.querySelector('img'), photo.photo_id)
  return drawn
}

// Shows a kept photo; its address is given back when the screen goes away.
export async function show(image, id) {
  const file = await fileOf(id)
  if (!file) return
  image.src = URL.createObjectURL(file.blob)
  if (file.width) Object.assign(image, { width: file.width, height: file.height })
  atTheEnd(() => URL.revokeObjectURL(image.src))
}

async function add(phone, part, step, chosen) {
  const says = slot(step, 'photo-says')
  says.textContent = word('photo_keeping')
  try {
    const made = await shrink(chosen, { longest: LONGEST })
    const id = crypto.randomUUID()
    await phone.flush()
    const file = await keepFile(phone.visit.id, { id, kind: 'photo', ...made })
    phone.change((draft) => {
      const { sha256, media_type: type, bytes } = file
      draft.photos.push({ photo_id: id, sha256, media_type: type, bytes, zone: part.code, annotations: [] })
    })
    await phone.flush()
    phone.go('photo', { part: id })
  } catch (error) {
    says.textContent = word(error instanceof PhoneFull ? 'phone_full' : 'photo_failed')
  }
}
