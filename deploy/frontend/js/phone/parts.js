// The parts of the visit, each with how far it is; and how the questions come: all or the short form, one at a time or a page.
import { copyOf, fill, slot, check } from './drawing.js'
import { ENVIRONMENT, partState } from './draft.js'
import { chooseOneAtATime, oneAtATime } from './one_question.js'

export function drawParts(phone, screen) {
  const { page, visit: { draft }, older } = phone
  if (!draft.stopped_early) slot(screen, 'stopped').remove()
  if (!older) slot(screen, 'older').remove()
  drawList(phone, slot(screen, 'list'))
  if (draft.kind === ENVIRONMENT) check(screen, 'form', draft.form)
  screen.querySelector('input[name="one"]').checked = oneAtATime()
  screen.onchange = ({ target }) => {
    if (target.name === 'one') chooseOneAtATime(target.checked)
    if (target.name !== 'form') return
    phone.change((kept) => { kept.form = target.value })
    drawList(phone, slot(screen, 'list'))
  }
  screen.querySelectorAll('[data-part]').forEach((link) => { link.dataset.go = 'part' })
}

function drawList({ page, visit: { draft } }, where) {
  const sample = copyOf('t-parts').firstElementChild
  const rows = Object.fromEntries([...sample.children].map((row) => [row.querySelector('a').hash.slice(1), row]))
  const drawn = page.parts.map((part) => {
    const row = rows[partState(draft, part).state].cloneNode(true)
    const link = row.querySelector('a')
    Object.assign(link.dataset, { go: 'part', part: part.code })
    link.href = '#'
    row.querySelector('.od-parts__name').textContent = part.name
    return row
  })
  sample.replaceChildren(...drawn)
  where.replaceChildren(sample)
  fill(where, {})
}
