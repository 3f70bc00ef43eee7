// The page's side of the service worker: has it keep this phone's pages, and forget them.

export const canKeep = () => isSecureContext && 'serviceWorker' in navigator && 'indexedDB' in self && Boolean(crypto.subtle)

// Apple's browser throws away what a page keeps when it was not opened for a week, unless it was opened from the home screen. Only
// there does `standalone` exist.
export function warnOfTheWeek(where) {
  where.querySelectorAll('[data-iphone]').forEach((note) => { note.hidden = navigator.standalone !== false })
}

// Registers the worker once the page itself is there; null where there is none. Its own script is always asked for anew; what it
// reads besides has a name that changes with it.
export async function register() {
  if (!canKeep()) return null
  if (document.readyState !== 'complete') await new Promise((loaded) => { addEventListener('load', loaded, { once: true }) })
  try { return await navigator.serviceWorker.register('/sw.js', { updateViaCache: 'imports' }) } catch { return null }
}

// Has the worker keep these pages of visits, so that they open with no signal. Answers whether it has them all.
export async function keepPages(addresses) {
  if (!(await register())) return false
  const { active } = await navigator.serviceWorker.ready
  const { port1, port2 } = new MessageChannel()
  const answer = new Promise((settle) => { port1.onmessage = ({ data }) => settle(data) })
  active.postMessage({ keep: addresses, language: document.documentElement.lang }, [port2])
  return answer
}
