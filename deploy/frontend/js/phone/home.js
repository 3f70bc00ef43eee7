// On the pages of a volunteer: has the service worker keep the visits of this phone, so that they open with no signal.
if ('serviceWorker' in navigator) navigator.serviceWorker.register('/sw.js')
