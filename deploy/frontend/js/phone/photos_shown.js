// Photos and pins before everything is sent: each photo small, with its marks on it, and all that is marked or pinned in words.
import { SIGNS, markOf } from './marks.js'
import { make } from './marks_parts.js'
import { toldOf } from './marks_told.js'

// The lines about `things`, marks or pins, each in a row of its own.
export const toldIn = (list, things, items, words) =>
  list.append(...things.map((thing) => make('li', '', {}, make('p', 'od-marks__told', {}, ...toldOf(thing, items, words)))))

// Draws the marks of a photo over its small picture in `frame`, and says them in `list`.
export function showMarks(frame, list, { annotations }, items, words) {
  const marks = annotations.map(markOf).filter(Boolean)
  toldIn(list, marks, items, words)
  frame.append(...marks.map(({ x, y, w, h, value }, at) => {
    const drawn = make('span', `od-area od-area--small od-area--${value}`, { 'aria-hidden': 'true' },
      make('span', 'od-area__number', {}, `${SIGNS[value] ?? ''}${at + 1}`))
    Object.assign(drawn.style, { left: `${x}%`, top: `${y}%`, width: `${w}%`, height: `${h}%` })
    return drawn
  }))
}
