// Makes a photo small enough to be sent from a waiting room: the right way up, at most so many pixels on its long side, and
// nothing in the file but the picture. Only pixels are carried over, so place, time and phone stay behind.

const WEBP = 'image/webp'
const JPEG = 'image/jpeg'
const QUALITY = 0.72
// What the server can open when this phone cannot, told from the first bytes: phones often name no type, or a wrong one.
const KINDS = [
  [JPEG, (head) => head.startsWith('\xff\xd8\xff')],
  ['image/png', (head) => head.startsWith('\x89PNG')],
  [WEBP, (head) => head.startsWith('RIFF') && head.slice(8, 12) === 'WEBP'],
  ['image/heic', (head) => head.slice(4, 8) === 'ftyp' && /^(hei[cxms]|hev[cxms]|mif1|msf1)/.test(head.slice(8))],
]

// No photo that anybody could open (`not-a-photo`), or one that cannot be made smaller here and is too big to send (`too-big`).
export class PhotoRefused extends Error {
  constructor(why) { super(why); this.name = 'PhotoRefused'; this.why = why }
}

// Gives {blob, media_type, width, height, shrunk}. `shrunk` is false where this phone could not open the photo: then it is the
// file as it was, with all that is in it, which the server will clean; width and height are null. Throws PhotoRefused.
export async function shrink(file, { longest = 1600, most = 15_000_000 } = {}) {
  const picture = await opened(file)
  if (!picture) return asItIs(file, most)
  const scale = Math.min(1, longest / Math.max(picture.width, picture.height))
  const width = Math.max(1, Math.round(picture.width * scale))
  const height = Math.max(1, Math.round(picture.height * scale))
  const canvas = drawn(picture, width, height)
  picture.close()
  return { ...(await encoded(canvas)), width, height, shrunk: true }
}

async function asItIs(file, most) {
  const head = String.fromCharCode(...new Uint8Array(await file.slice(0, 16).arrayBuffer()))
  const kind = KINDS.find(([, fits]) => fits(head))
  // A JPEG that did not open here is damaged: the server could do no better. HEIC is what most phones cannot open.
  if (!kind || kind[0] !== 'image/heic') throw new PhotoRefused('not-a-photo')
  if (file.size > most) throw new PhotoRefused('too-big')
  return { blob: file, media_type: kind[0], width: null, height: null, shrunk: false }
}

// The picture of a file, the right way up, decoded beside the page where the browser can; null when it cannot be opened.
export async function opened(file) {
  try {
    return await createImageBitmap(file, { imageOrientation: 'from-image' })
  } catch {
    return asElement(file)
  }
}

// Browsers that cannot turn a bitmap can turn a picture of the page; it is the second try for every other fault too.
async function asElement(file) {
  const address = URL.createObjectURL(file)
  const image = new Image()
  image.src = address
  try {
    await image.decode()
    const close = () => { image.src = ''; URL.revokeObjectURL(address) }
    return { image, width: image.naturalWidth, height: image.naturalHeight, close }
  } catch {
    URL.revokeObjectURL(address)
    return null
  }
}

// The picture on a canvas of this size, on white where it is see-through.
export function drawn(picture, width, height) {
  const canvas = Object.assign(document.createElement('canvas'), { width, height })
  const context = canvas.getContext('2d')
  if (!context) throw new PhotoRefused('not-a-photo')
  context.imageSmoothingQuality = 'high'
  context.fillStyle = '#fff'
  context.fillRect(0, 0, width, height)
  context.drawImage(picture.image ?? picture, 0, 0, width, height)
  return canvas
}

// WebP where this browser really makes it (some hand back a PNG and say nothing), else JPEG. The canvas gives its memory back.
export async function encoded(canvas) {
  const made = (type) => new Promise((done) => { canvas.toBlob(done, type, QUALITY) })
  let blob = await made(WEBP)
  if (blob?.type !== WEBP) blob = await made(JPEG)
  canvas.width = canvas.height = 0
  if (!blob) throw new PhotoRefused('not-a-photo')
  return { blob, media_type: blob.type }
}
