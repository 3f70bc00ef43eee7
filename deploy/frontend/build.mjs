// Builds shared/web/static from this folder: the picked parts of govuk-frontend plus our own look, one small script, one icon.
// File names carry a hash of their content, so browsers may keep them for ever; parts/asset_names.html tells the templates.
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as sass from 'sass'

const here = dirname(fileURLToPath(import.meta.url))
const shared = join(here, '..', '..', 'shared', 'web')
const target = join(shared, 'static')
const checking = process.argv.includes('--check')

const { css } = sass.compile(join(here, 'scss', 'opendoor.scss'), {
  style: 'compressed', charset: false, loadPaths: [join(here, 'node_modules')], quietDeps: true,
})
for (const unwanted of ['GDS Transport', 'govuk-crest', 'url(http', '@import', '@font-face']) {
  if (css.includes(unwanted)) throw new Error(`The built stylesheet must not contain "${unwanted}".`)
}
const outputs = {
  stylesheet: ['opendoor', 'css', css + '\n'],
  script: ['opendoor', 'js', readFileSync(join(here, 'js', 'opendoor.js'), 'utf8')],
  plain: ['plain', 'css', readFileSync(join(here, 'plain.css'), 'utf8')],
  icon: ['icon', 'svg', readFileSync(join(here, 'icon.svg'), 'utf8')],
}

const wanted = new Map()
const lines = ['{#- Written by deploy/frontend/build.mjs: the file names of the built look, which carry a hash of their content. -#}']
for (const [name, [stem, kind, text]] of Object.entries(outputs)) {
  const file = `${stem}.${createHash('sha256').update(text).digest('hex').slice(0, 10)}.${kind}`
  wanted.set(join(target, file), text)
  lines.push(`{%- set ${name} = "${file}" -%}`)
}
wanted.set(join(shared, 'templates', 'parts', 'asset_names.html'), lines.join('\n') + '\n')

const read = (path) => { try { return readFileSync(path, 'utf8') } catch { return null } }
if (checking) {
  const stale = [...wanted].filter(([path, text]) => read(path) !== text).map(([path]) => path)
  if (stale.length) { console.error(`Out of date, run make frontend: ${stale.join(', ')}`); process.exit(1) }
} else {
  mkdirSync(target, { recursive: true })
  for (const old of readdirSync(target)) if (/^(opendoor|icon|plain)\.[0-9a-f]{10}\.(css|js|svg)$/.test(old)) rmSync(join(target, old))
  for (const [path, text] of wanted) writeFileSync(path, text)
}
