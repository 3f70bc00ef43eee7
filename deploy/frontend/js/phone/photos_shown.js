// Photos and pins before everything is sent: each photo small, with its marks on it, and all that is marked or pinned in words. The
// pictures come from this phone, so they are there without signal.
import { copyOf, fill, make, page, slot, word } from './drawing.js'
import { beside } from './draft.js'
import { SIGNS, markOf } from './marks.js'
import { toldOf } from './marks_told.js'
import { showKept } from './photos_of_part.js'

// Draws into the slots `photos` and `pins` of `section`, or takes them away.
export function showPhotos({ visit: { draft } }, section, part) {
  const photos = beside(draft, 'photos', part)
  const pins = beside(draft, 'pins', part)
  if (photos.length) slot(section, 'photos').append(...photos.map((photo) => shown(photo, part, draft.photos.indexOf(photo) + 1)))
  else slot(section, 'photos').remove()
  if (pins.length) slot(section, 'pins').append(...pins.map((pin) => told(pin, part)))
  else slot(section, 'pins').remove()
}

const told = (thing, part) => make('li', '', make('p', 'od-marks__told', ...toldOf(thing, part.items, page.words.photos)))

function shown(photo, part, number) {
  const row = copyOf('t-shown').firstElementChild
  const link = row.querySelector('a')
  Object.assign(link.dataset, { go: 'photo', part: photo.photo_id, over: 'check' })
  const marks = photo.annotations.map(markOf).filter(Boolean)
  fill(row, { name: word('look_at_photo', { number }), none: marks.length ? null : word('no_marks') })
  const list = slot(row, 'marks')
  if (marks.length) list.append(...marks.map((mark) => told(mark, part)))
  else list.remove()
  const frame = slot(row, 'frame')
  frame.append(...marks.map(area))
  // It is on the page by the time the phone has found it.
  showKept(frame.querySelector('img'), photo.photo_id, () => frame.remove())
  return row
}

function area({ x, y, w, h, value }, at) {
  const number = make('span', 'od-area__number', `${SIGNS[value] ?? ''}${at + 1}`)
  const drawn = make('span', `od-area od-area--small od-area--${value}`, number)
  Object.assign(drawn.style, { left: `${x}%`, top: `${y}%`, width: `${w}%`, height: `${h}%` })
  drawn.setAttribute('aria-hidden', 'true')
  return drawn
}
