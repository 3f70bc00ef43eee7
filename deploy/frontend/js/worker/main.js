// The service worker: keeps the files of this build on the phone, so that a page opens with no signal.
/* global FILES_OF_THIS_BUILD */
const STATIC = `opendoor-files-${FILES_OF_THIS_BUILD.map((file) => file.split('.')[1]).join('-')}`
self.addEventListener('install', (event) => {
  event.waitUntil(caches.open(STATIC).then((cache) => cache.addAll(FILES_OF_THIS_BUILD)).then(() => self.skipWaiting()))
})
