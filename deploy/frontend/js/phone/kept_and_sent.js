// What is kept on this phone and how it is sent, for the form, for the other pages of a volunteer and for the service worker: a file
// of its own, which the phone fetches once for all three.
export * from './asked_to_wait.js'
export * from './by_itself.js'
export * from './kept.js'
export * from './sending.js'
export * from './telling.js'
export * from './worker.js'
