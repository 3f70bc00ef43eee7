// The only script of the pages. Everything works without it; it makes leaving quicker, errors easier to find and a link easier to hand on.
(() => {
  'use strict'
  // "Leave this page": blank the page at once, and take this page's place in the history so that Back does not return to it. A page
  // that made entries of its own says in `deep` how many lie below this one: those go too, and those before it as well as after.
  document.addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest('a[data-leave]') : null
    if (!link) return
    event.preventDefault()
    document.body.hidden = true
    document.title = ''
    const away = () => window.location.replace(link.href)
    const { deep } = window.history.state ?? {}
    if (!deep) { away(); return }
    const late = setTimeout(away, 500)
    window.addEventListener('popstate', () => {
      clearTimeout(late)
      window.history.replaceState(null, '', link.href)
      window.history.pushState(null, '', link.href)
      away()
    }, { once: true })
    window.history.go(-deep)
  })

  // A person who uses a screen reader hears the list of errors first.
  const summary = document.querySelector('[data-error-summary]')
  if (summary) summary.focus()

  // A link to hand on: a button copies it, another opens what this phone or computer shares with. Each is there only where it works.
  document.querySelectorAll('[data-hand-on]').forEach((place) => {
    const words = place.dataset
    const text = document.getElementById(words.handOn)?.textContent
    const said = document.getElementById(`${words.handOn}-said`)
    const offer = (label, kind, act) => {
      const button = document.createElement('button')
      button.type = 'button'
      button.className = `govuk-button${kind}`
      button.textContent = label
      button.addEventListener('click', act)
      place.append(button, ' ')
    }
    if (navigator.clipboard) {
      offer(words.copy, '', () => navigator.clipboard.writeText(text).then(
        () => { said.textContent = words.copied },
        () => { said.textContent = words.failed },
      ))
    }
    // Whoever closes the sheet again has not failed: nothing is said then.
    if (navigator.share) offer(words.share, ' govuk-button--secondary', () => navigator.share({ url: text }).catch(() => {}))
  })

  // A printed page shows what is folded away on the screen.
  let opened = []
  window.addEventListener('beforeprint', () => {
    opened = [...document.querySelectorAll('details:not([open])')]
    opened.forEach((part) => { part.open = true })
  })
  window.addEventListener('afterprint', () => { opened.forEach((part) => { part.open = false }) })
})()
