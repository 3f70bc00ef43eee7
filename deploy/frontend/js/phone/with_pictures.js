// Fetches what photos and plans need when it is first wanted, or a little before.

export class NoPictures extends Error {}

let coming = null

// What `pictures.js` gives. Throws NoPictures when it did not come; the next call tries again.
export function pictures() {
  coming ??= new Promise((come, fail) => {
    const script = document.createElement('script')
    script.src = document.getElementById('phone-page').dataset.pictures
    script.onload = () => come(self.openDoorPictures)
    script.onerror = () => { coming = null; script.remove(); fail(new NoPictures()) }
    document.head.append(script)
  })
  return coming
}

// Has it come while the phone has nothing else to do, so that it is there when there is no signal.
export function fetchPicturesSoon() {
  const later = self.requestIdleCallback ?? ((act) => setTimeout(act, 500))
  later(() => pictures().catch(() => {}))
}
