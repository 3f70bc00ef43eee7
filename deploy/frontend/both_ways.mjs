// Lets one stylesheet serve pages that run from the left and pages that run from the right: what govuk-frontend says of left
// and right is said of start and end instead. A second, mirrored file would cost every volunteer as much again.
const SIDES = { left: 'start', right: 'end' }
const VALUE = '(?:[^\\s;{}()]+|[a-z]*\\((?:[^()]|\\([^()]*\\))*\\))'
const rules = [
  [/([{;])(margin|padding)-(left|right):/g, (_, before, what, side) => `${before}${what}-inline-${SIDES[side]}:`],
  [/([{;])border-(left|right)(-(?:color|width|style))?:/g, (_, before, side, part = '') => `${before}border-inline-${SIDES[side]}${part}:`],
  [/([{;])(left|right):/g, (_, before, side) => `${before}inset-inline-${SIDES[side]}:`],
  [/([{;])text-align:(left|right)/g, (_, before, side) => `${before}text-align:${SIDES[side]}`],
  [new RegExp(`([{;])(margin|padding):(${VALUE}) (${VALUE}) (${VALUE}) (${VALUE})(?=[;}])`, 'g'),
    (_, before, what, top, end, bottom, start) => `${before}${what}-block:${top} ${bottom};${what}-inline:${start} ${end}`],
  [new RegExp(`([{;])border-radius:0 (${VALUE}) \\2 0(?=[;}])`, 'g'),
    (_, before, round) => `${before}border-start-end-radius:${round};border-end-end-radius:${round}`],
]

export const bothWays = (css) => rules.reduce((text, [found, instead]) => text.replace(found, instead), css)
