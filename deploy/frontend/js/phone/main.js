// The phone form: where its parts are put together.
import { onChange } from './kept.js'

onChange(() => {})
