// A voice note: say it instead of typing it. Nothing is kept before Stop; one can listen to it and throw it away. Knows nothing
// of visits: whoever shows it is given the bytes. What happens is always said in words, and every button works by key and touch.

const KINDS = ['audio/webm;codecs=opus', 'audio/mp4', 'audio/ogg;codecs=opus']
const BITS_A_SECOND = 24000
const SAID = { NotAllowedError: 'denied', SecurityError: 'denied', NotFoundError: 'no_microphone', OverconstrainedError: 'no_microphone' }
let stopOther = () => {}

const kindHere = () => (typeof MediaRecorder === 'function' ? KINDS.find((kind) => MediaRecorder.isTypeSupported(kind)) : undefined)

export const canRecord = () => Boolean(navigator.mediaDevices?.getUserMedia && kindHere())

// Draws it into `container`; `label` says what it is about. `keep(blob, media_type, seconds)` gives back, in the end, what is kept: {id, blob()},
// and is left out where nothing is recorded; `existing` is the same of one that was kept before, or null; `drop(id)` throws it away.
// Gives back {close()}: stops, and keeps what was said.
export function voiceNote(container, { words, label, longest_seconds: longest, keep, existing = null, drop }) {
  const state = { now: existing ? 'kept' : 'idle', kept: existing }
  let recording = null
  let sound = null
  let closed = false

  const act = button(() => acts[state.now]?.act())
  const more = button(() => acts[state.now]?.more())
  const says = document.createElement('p')
  says.className = 'od-voice__says'
  says.setAttribute('role', 'status')
  const line = document.createElement('p')
  line.className = 'od-actions'
  line.append(act)
  container.classList.add('od-voice')
  container.setAttribute('role', 'group')
  container.setAttribute('aria-label', label)
  container.replaceChildren(line, says)

  const acts = {
    idle: { act: begin, words: ['record'] },
    asking: { act: () => {}, words: ['record'] },
    recording: { act: () => stop(), more: () => stop({ keeping: false }), words: ['stop', 'throw_away'] },
    keeping: { act: () => {}, words: ['stop'] },
    kept: { act: listen, more: () => to('sure'), words: ['listen', 'throw_away'] },
    listening: { act: hush, more: () => { hush(); to('sure') }, words: ['stop_listening', 'throw_away'] },
    sure: { act: throwAway, more: () => to('kept'), words: ['throw_away_yes', 'throw_away_no'] },
  }

  // `said` is the name of the sentence; without one, that of the state.
  function to(now, said = now) {
    state.now = now
    container.dataset.state = now
    const [first, second] = acts[now].words
    act.textContent = words[first]
    if (second) {
      more.textContent = words[second]
      if (!more.isConnected) line.append(more)
    } else {
      const held = document.activeElement === more
      more.remove()
      if (held) act.focus()
    }
    says.textContent = words.says[said] ?? ''
    if (now !== 'idle' || keep) return
    line.remove()
    says.tabIndex = -1
    says.focus()
  }

  async function begin() {
    stopOther()
    to('asking')
    let stream
    try {
      stream = await navigator.mediaDevices.getUserMedia({ audio: true })
    } catch (error) {
      return to('idle', SAID[error.name] ?? 'busy')
    }
    const kind = kindHere()
    const parts = []
    const recorder = new MediaRecorder(stream, { mimeType: kind, audioBitsPerSecond: BITS_A_SECOND })
    const began = performance.now()
    recording = { recorder, keeping: true, early: true, timer: setTimeout(() => stop({ early: false }), longest * 1000) }
    const { timer } = recording
    stopOther = () => stop()
    recorder.addEventListener('dataavailable', (event) => parts.push(event.data))
    recorder.addEventListener('stop', () => {
      const { keeping, early } = recording
      clearTimeout(timer)
      stream.getTracks().forEach((track) => track.stop())
      recording = null
      stopOther = () => {}
      const seconds = Math.min(longest, Math.max(1, Math.round((performance.now() - began) / 1000)))
      const media = kind.split(';')[0]
      kept(keeping ? new Blob(parts, { type: media }) : null, media, seconds, early)
    })
    // The microphone was taken away, by a call or by its plug.
    stream.getAudioTracks()[0].addEventListener('ended', () => stop())
    recorder.start()
    if (closed) return stop({ keeping: false })
    return to('recording')
  }

  function stop(how = {}) {
    if (recording?.recorder.state !== 'recording') return
    Object.assign(recording, how)
    to('keeping')
    recording.recorder.stop()
  }

  async function kept(blob, media, seconds, early) {
    if (!blob) return to('idle', 'thrown_away')
    if (!blob.size) return to('idle', 'nothing')
    try {
      state.kept = await keep(blob, media, seconds)
      return to('kept', early ? 'kept' : 'stopped_itself')
    } catch {
      return to('idle', 'not_kept')
    }
  }

  async function listen() {
    stopOther()
    const blob = await state.kept.blob()
    if (!blob) return to('kept', 'not_heard')
    const address = URL.createObjectURL(blob)
    sound = new Audio(address)
    const over = (said) => { URL.revokeObjectURL(address); sound = null; if (state.now === 'listening') to('kept', said) }
    sound.addEventListener('ended', () => over('kept'))
    sound.addEventListener('pause', () => over('kept'))
    to('listening')
    return sound.play().catch((error) => { if (error.name !== 'AbortError') over('not_heard') })
  }

  function hush() { sound?.pause() }

  async function throwAway() {
    try {
      await drop(state.kept.id)
      state.kept = null
      to('idle', 'thrown_away')
    } catch {
      to('kept', 'not_thrown_away')
    }
  }

  to(state.now)
  return {
    close() {
      closed = true
      hush()
      stop()
    },
  }
}

function button(pressed) {
  const made = document.createElement('button')
  made.type = 'button'
  made.className = 'govuk-button govuk-button--secondary'
  made.addEventListener('click', pressed)
  return made
}
