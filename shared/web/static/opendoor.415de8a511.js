// The only script of the pages. Everything works without it; it makes leaving quicker, errors easier to find, marks easier to place.
(() => {
  'use strict'
  // "Leave this page": blank the page at once, and take this page's place in the history so that Back does not return to it.
  document.addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest('a[data-leave]') : null
    if (!link) return
    event.preventDefault()
    document.body.hidden = true
    document.title = ''
    window.location.replace(link.href)
  })

  // A person who uses a screen reader hears the list of errors first.
  const summary = document.querySelector('[data-error-summary]')
  if (summary) summary.focus()

  // A printed page shows what is folded away on the screen.
  let opened = []
  window.addEventListener('beforeprint', () => {
    opened = [...document.querySelectorAll('details:not([open])')]
    opened.forEach((part) => { part.open = true })
  })
  window.addEventListener('afterprint', () => { opened.forEach((part) => { part.open = false }) })

  // A tap on the photo draws the box and writes its four numbers into the field; the list "Which part of the photo?" stays
  // for those who cannot or would not tap. One field, so the server sees no difference.
  const marking = document.querySelector('[data-mark-into]')
  const frame = marking && marking.querySelector('.od-photo__frame')
  const field = marking && document.getElementById(marking.dataset.markInto)
  const hint = document.querySelector('[data-mark-hint]')
  if (!frame || !field || !hint) return
  const svg = (name, attributes) => {
    const element = document.createElementNS('http://www.w3.org/2000/svg', name)
    Object.entries(attributes).forEach(([key, value]) => element.setAttribute(key, String(value)))
    return element
  }
  const layer = svg('svg', { class: 'od-photo__marks', viewBox: '0 0 100 100', preserveAspectRatio: 'none', 'aria-hidden': 'true' })
  const boxes = ['od-mark od-mark--under', 'od-mark od-mark--new'].map((look) => layer.appendChild(svg('rect', { class: look })))
  frame.appendChild(layer)
  hint.hidden = false
  const draw = () => {
    const numbers = field.value.split(',').map(Number)
    const drawn = numbers.length === 4 && numbers.every((number) => number >= 0 && number <= 100)
    layer.toggleAttribute('hidden', !drawn)
    if (drawn) boxes.forEach((box) => ['x', 'y', 'width', 'height'].forEach((side, at) => box.setAttribute(side, String(numbers[at]))))
    return drawn
  }
  frame.addEventListener('click', (event) => {
    const area = frame.getBoundingClientRect()
    const width = 26
    const height = Math.min(100, Math.round((width * area.width) / area.height))
    const within = (value, size) => Math.round(Math.min(Math.max(value - size / 2, 0), 100 - size))
    const x = within(((event.clientX - area.left) / area.width) * 100, width)
    const y = within(((event.clientY - area.top) / area.height) * 100, height)
    field.value = [x, y, width, height].join(',')
    draw()
    hint.textContent = hint.dataset.markHint
  })
  field.addEventListener('input', draw)
  draw()
})()
