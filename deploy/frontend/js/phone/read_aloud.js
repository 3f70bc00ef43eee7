// Reads a question and its answers aloud, where the phone can speak. Where it cannot, no button promises it.
import { copyOf, word } from './drawing.js'

const voice = typeof speechSynthesis === 'object' && typeof SpeechSynthesisUtterance === 'function' ? speechSynthesis : null
let speaking = null

export function hush() {
  if (voice && speaking) voice.cancel()
  speaking?.setAttribute('aria-pressed', 'false')
  speaking = null
}

// Puts the button before a question. `words()` gives what is read.
export function offerReading(where, prompt, words) {
  if (!voice) return
  const button = copyOf('t-listen').firstElementChild
  button.setAttribute('aria-label', word('listen', { prompt }))
  button.addEventListener('click', () => {
    const again = speaking === button
    hush()
    if (!again) speak(button, words())
  })
  where.classList.add('od-listens')
  where.prepend(button)
}

function speak(button, text) {
  const utterance = new SpeechSynthesisUtterance(text)
  utterance.lang = document.documentElement.lang
  utterance.rate = 0.95
  utterance.onend = utterance.onerror = () => { if (speaking === button) hush() }
  speaking = button
  button.setAttribute('aria-pressed', 'true')
  voice.speak(utterance)
}

// A question as one hears it: what is asked, then each answer that can be seen.
export function heard(item) {
  const seen = [...item.querySelectorAll('.od-item__prompt, .od-answer__label, .od-strength__legend, .od-strength__label, .od-face__label, .od-question')]
  const words = seen.filter((element) => element.checkVisibility?.() ?? element.offsetParent !== null).map((element) => {
    const copy = element.cloneNode(true)
    copy.querySelectorAll('[aria-hidden="true"]').forEach((sign) => sign.remove())
    return copy.textContent.trim().replace(/\s+/g, ' ')
  })
  return words.map((text) => (/[.?!]$/.test(text) ? text : `${text}.`)).join(' ')
}

addEventListener('pagehide', hush)
