// A desk for voice notes without the form around them: what one hands over is kept where a test can look at it.
import { canRecord, voiceNote } from './voice.js'

const words = JSON.parse(document.getElementById('words').dataset.told)
const desk = { kept: [], dropped: [], refuse: false, notes: [], can: canRecord() }
window.desk = desk

desk.draw = (seconds = 180) => {
  desk.notes = ['note', 'other'].map((id) => voiceNote(document.getElementById(id), {
    words, label: id === 'note' ? 'Was it loud?' : 'Was it warm?', longest_seconds: seconds,
    async keep(blob, type, length) {
      if (desk.refuse) throw new Error('The phone is full.')
      desk.kept.push({ type, length, bytes: [...new Uint8Array(await blob.arrayBuffer())] })
      return { id: `kept-${desk.kept.length}`, blob: async () => blob }
    },
    drop(id) { desk.dropped.push(id) },
  }))
}
desk.draw()
