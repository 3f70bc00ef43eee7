// A hand that shakes taps twice. What a tap brings under the finger does not take the second one for an answer: a visit could be
// thrown away so, or said to be over. Keys are not held up; they find the harmless answer first.

const A_MOMENT = 500 // milliseconds, as long as a double tap may take

export function notAtOnce(element) {
  element.style.pointerEvents = 'none'
  setTimeout(() => { element.style.pointerEvents = '' }, A_MOMENT)
}
