// The page's side of the service worker: has it keep this phone's pages, and forget them.

export const canKeep = () => isSecureContext && 'serviceWorker' in navigator && 'indexedDB' in self && Boolean(crypto.subtle)

// Registers the worker; null where there is none.
export async function register() {
  if (!canKeep()) return null
  try { return await navigator.serviceWorker.register('/sw.js', { updateViaCache: 'none' }) } catch { return null }
}

// Has the worker keep these pages of visits, so that they open with no signal.
export async function keepPages(addresses) {
  if (!(await register())) return
  const { active } = await navigator.serviceWorker.ready
  active.postMessage({ keep: addresses })
}

// Forgets every page that is kept, here and now, whether or not a worker runs.
export async function forgetPages() {
  const names = await caches.keys()
  await Promise.all(names.filter((name) => name.startsWith('opendoor-pages')).map((name) => caches.delete(name)))
}
