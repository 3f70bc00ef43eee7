// What a mark or a pin says, in words: below the picture where it is made, and before everything is sent.
import { SIGNS, isWhole, partOfPicture } from './marks.js'
import { make } from './marks_parts.js'

// The lines about one `thing`; `items` are the questions it may be about, `words` those of the photos.
export function toldOf(thing, items, words) {
  const place = make('span', 'od-soft od-small', {}, words.places[partOfPicture(thing)])
  const about = items.find(({ code }) => code === thing.item)?.prompt
  const lines = [make('span', '', {}, ...feeling(thing, words), ' ', place)]
  if (about) lines.push(make('span', '', {}, about))
  if (thing.words) lines.push(make('span', 'od-marks__words', {}, '“', make('bdi', '', {}, thing.words), '”'))
  if (!isWhole(thing)) lines.push(make('strong', '', {}, words.unfinished))
  return lines
}

function feeling({ value, strength }, words) {
  if (!value) return []
  const sign = make('span', `od-answer__sign--${value}`, { 'aria-hidden': 'true' }, SIGNS[value])
  return [sign, ' ', make('strong', '', {}, words[value]), strength ? `: ${words[`strength_${value}`][strength - 1]}` : '.']
}
