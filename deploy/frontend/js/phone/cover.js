// Covers what must not be seen: on the phone, in the pixels themselves, before anything is sent. What was covered is in no file
// that leaves this module.
import { PhotoRefused, drawn, encoded, opened } from './shrink.js'

const COVERED_WITH = '#1d1a17'

// The picture of a blob with these areas ({x, y, w, h} in per cent) filled solid: {blob, media_type, width, height}.
// Edges fall outwards, on whole pixels. Throws when this phone cannot open the picture.
export async function covered(blob, areas) {
  const picture = await opened(blob)
  if (!picture) throw new PhotoRefused('not-a-photo')
  const { width, height } = picture
  const canvas = drawn(picture, width, height)
  picture.close()
  const context = canvas.getContext('2d')
  context.fillStyle = COVERED_WITH
  for (const { x, y, w, h } of areas) {
    const left = Math.floor((x * width) / 100)
    const top = Math.floor((y * height) / 100)
    context.fillRect(left, top, Math.ceil(((x + w) * width) / 100) - left, Math.ceil(((y + h) * height) / 100) - top)
  }
  return { ...(await encoded(canvas)), width, height }
}

export async function hashOf(blob) {
  const digest = await crypto.subtle.digest('SHA-256', await blob.arrayBuffer())
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}
