// The only script of the pages. Everything works without it; it makes leaving quicker and errors easier to find.
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
})()
