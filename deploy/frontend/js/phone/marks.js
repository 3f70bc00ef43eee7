// A mark of the editor and the W3C Web Annotation it is kept as: the same that services/intake/domain/annotations.py writes.

const BOX = /^xywh=percent:([\d.]+),([\d.]+),([\d.]+),([\d.]+)$/
const SIDES = ['x', 'y', 'w', 'h']

export const TRIGGER = 'trigger'
export const COMFORT = 'comfort'
export const SIGNS = { [TRIGGER]: '▲', [COMFORT]: '●' }

// All that the server asks of a mark or a pin has been said.
export const isWhole = ({ value, item, strength }) => Boolean(value && item && strength)

// The mark of an annotation; null for one that is no box in per cent, which is then left as it is.
export function markOf(annotation) {
  const bodies = [annotation.body].flat()
  const tag = bodies.find((body) => body?.purpose === 'tagging')
  const selector = annotation.target?.selector
  const box = BOX.exec(selector?.value ?? selector)
  if (!tag || !box) return null
  const mark = Object.fromEntries(SIDES.map((side, at) => [side, Number(box[at + 1])]))
  const remark = bodies.find((body) => body?.purpose === 'commenting')?.value
  return { ...mark, value: tag.value, item: tag.item, strength: tag.strength, words: tag.words || remark || '' }
}

export function annotationOf(mark) {
  const { value, item, strength, words } = mark
  return {
    '@context': 'http://www.w3.org/ns/anno.jsonld',
    type: 'Annotation',
    motivation: 'tagging',
    body: { type: 'TextualBody', purpose: 'tagging', value, item, strength, ...(words ? { words } : {}) },
    target: {
      selector: {
        type: 'FragmentSelector',
        conformsTo: 'http://www.w3.org/TR/media-frags/',
        value: `xywh=percent:${SIDES.map((side) => mark[side]).join(',')}`,
      },
    },
  }
}

// Where in the picture: the name of one of its nine parts, as "top-left".
export function partOfPicture({ x, y, w = 0, h = 0 }) {
  const third = (middle, names) => names[middle < 34 ? 0 : middle > 66 ? 2 : 1]
  return `${third(y + h / 2, ['top', 'middle', 'bottom'])}-${third(x + w / 2, ['left', 'centre', 'right'])}`
}
