// Draws a sketch of a part. What stands in it comes with the words of the page (services/intake/domain/sketch_plans.py), so that the
// plain page without scripts shows the same.

const SVG = 'http://www.w3.org/2000/svg'

function drawn(name, given, ...inside) {
  const element = document.createElementNS(SVG, name)
  for (const [key, value] of Object.entries(given)) element.setAttribute(key, String(value))
  element.append(...inside)
  return element
}

// `things`: each with what it is, then left, top, width and height; `words`: what each is called; `title`: what the whole is called.
export function planOf(things, words, title) {
  const shapes = things.flatMap(([what, x, y, width, height]) => [
    drawn('rect', { x, y, width, height, rx: 1.5, class: `od-plan__thing od-plan__thing--${what}` }),
    drawn('text', { x: x + width / 2, y: y + height / 2 + 1.3, class: 'od-plan__word', ...(width < 10 ? { transform: `rotate(-90 ${x + width / 2} ${y + height / 2})` } : {}) }, words[what]),
  ])
  return drawn('svg', { viewBox: '0 0 100 75', class: 'od-plan', role: 'img', 'aria-label': title },
    drawn('rect', { x: 0.5, y: 0.5, width: 99, height: 74, class: 'od-plan__walls' }), ...shapes)
}
