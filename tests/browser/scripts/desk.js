// A desk for the photo editor without the form around it: what the editor hands back is kept where a test can look at it.
import { openPhoto, openSketch, shrink } from './photo.js'

const words = JSON.parse(document.getElementById('words').dataset.told)
const screen = document.getElementById('desk')
const items = [
  { code: 'P-WA-01', prompt: 'Could you choose where to sit?' },
  { code: 'P-WA-07', prompt: 'Could you see the door from your seat?' },
  { code: 'P-WA-09', prompt: 'Did guards or staff move near you?' },
]
const desk = { shrink, photo: null, blob: null, blobs: 0, saved: 0, pins: null, gone: false, done: false, refuse: false, editor: null }
window.desk = desk

desk.open = async (blob, photo) => {
  Object.assign(desk, { blob, photo })
  desk.editor?.close()
  desk.editor = await openPhoto(screen, {
    photo, blob, items, words,
    async change(next, bytes) {
      if (desk.refuse) throw new Error('The phone is full.')
      desk.saved += 1
      desk.photo = next
      if (bytes) { desk.blob = bytes; desk.blobs += 1 }
    },
    away() { desk.gone = true },
    done() { desk.done = true },
  })
  screen.dataset.ready = 'yes'
}

const entry = () => ({
  photo_id: '6f9619ff-8b86-4d11-b42d-00c04fc964ff', sha256: '0'.repeat(64), media_type: 'image/png', bytes: 1, zone: 'WA', annotations: [],
})

document.getElementById('file').addEventListener('change', async (event) => {
  const made = await shrink(event.target.files[0])
  await desk.open(made.blob, { ...entry(), media_type: made.media_type, bytes: made.blob.size })
})

if (screen.dataset.plan) {
  desk.pins = [{ zone: 'EN', x: 1, y: 2, value: 'comfort', item: 'P-EN-01', strength: 1 }]
  desk.editor = openSketch(screen, {
    part: screen.dataset.plan, name: 'Where you wait', pins: desk.pins, items, words, change(pins) { desk.pins = pins },
  })
  screen.dataset.ready = 'yes'
} else {
  const picture = await fetch('/picture.png')
  await desk.open(await picture.blob(), entry())
}
