// Builds shared/web/static from this folder: the picked parts of govuk-frontend plus our own look, the scripts, the icons, and the
// manifest that puts Open Door on a home screen.
// File names carry a hash of their content, so browsers may keep them for ever; parts/asset_names.html tells the templates.
// Beside each file stands what most browsers really fetch: the same, compressed as far as it goes (.br, .gz).
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import * as sass from 'sass'
import { bothWays } from './both_ways.mjs'
import { oneCopy } from './one_copy.mjs'

const here = dirname(fileURLToPath(import.meta.url))
const shared = join(here, '..', '..', 'shared', 'web')
const target = join(shared, 'static')
const checking = process.argv.includes('--check')

const css = bothWays(sass.compile(join(here, 'scss', 'opendoor.scss'), {
  style: 'compressed', charset: false, loadPaths: [join(here, 'node_modules')], quietDeps: true,
}).css)
for (const unwanted of ['GDS Transport', 'govuk-crest', 'url(http', '@import', '@font-face']) {
  if (css.includes(unwanted)) throw new Error(`The built stylesheet must not contain "${unwanted}".`)
}
// One file of a script with what it imports, small enough for a slow line.
const bundle = async (entry, how = {}) => (await build({
  entryPoints: [join(here, 'js', entry)], bundle: true, minify: true, write: false, format: 'iife', target: 'es2020',
  charset: 'utf8', legalComments: 'none', logLevel: 'error', ...how,
})).outputFiles[0].text
// What is kept on a phone and how it is sent, which two pages and the worker need alike.
const KEPT = 'openDoorKept'
const shares = { plugins: [oneCopy(join(here, 'js', 'phone', 'kept_and_sent.js'), KEPT)] }

// The icons of a home screen: the drawing of icon.svg, with and without room to be cut round. They are small as they are.
const picture = (name) => [name, 'png', readFileSync(join(here, 'icons', `${name}.png`))]

const named = (stem, kind, text) => `${stem}.${createHash('sha256').update(text).digest('hex').slice(0, 10)}.${kind}`
const outputs = {
  stylesheet: ['opendoor', 'css', css + '\n'],
  script: ['opendoor', 'js', await bundle('opendoor.js')],
  plain: ['plain', 'css', readFileSync(join(here, 'plain.css'), 'utf8')],
  icon: ['icon', 'svg', readFileSync(join(here, 'icon.svg'), 'utf8')],
  kept: ['kept', 'js', await bundle('phone/kept_and_sent.js', { globalName: KEPT })],
  phone: ['phone', 'js', await bundle('phone/main.js', shares)],
  pictures: ['pictures', 'js', await bundle('phone/pictures.js')],
  home_script: ['home', 'js', await bundle('phone/home.js', shares)],
  icon_small: picture('icon-192'),
  icon_touch: picture('icon-touch'),
}
const icons = [outputs.icon_small, picture('icon-512'), picture('icon-mask-512')]
const address = ([stem, kind, content]) => `/static/shared/${named(stem, kind, content)}`
// Says no more than a name: somebody may look at the phone whom its owner fears.
outputs.manifest = ['app', 'webmanifest', JSON.stringify({
  id: '/', name: 'Open Door', short_name: 'Open Door', start_url: '/', scope: '/', display: 'standalone',
  theme_color: '#f6f1e7', background_color: '#f6f1e7',
  icons: icons.map((icon) => ({
    src: address(icon), type: 'image/png', sizes: `${/\d+$/.exec(icon[0])}x${/\d+$/.exec(icon[0])}`,
    purpose: icon[0].includes('mask') ? 'maskable' : 'any',
  })),
}) + '\n']
// The service worker keeps the files of this very build, so their names are part of it. The bigger icons are for the moment of
// putting Open Door on a home screen, which wants a signal anyway.
const files = Object.values(outputs).map(address)
Object.assign(outputs, { icon_big: icons[1], icon_mask: icons[2] })
const stamp = createHash('sha256').update(files.join()).digest('hex').slice(0, 10)
const known = { FILES_OF_THIS_BUILD: files, BUILD: stamp, KEPT_AND_SENT: address(outputs.kept) }
const define = Object.fromEntries(Object.entries(known).map(([name, value]) => [name, JSON.stringify(value)]))
outputs.worker = ['worker', 'js', await bundle('worker/main.js', { ...shares, define })]

const wanted = new Map()
const lines = ['{#- Written by deploy/frontend/build.mjs: the file names of the built look, which carry a hash of their content. -#}']
for (const [name, [stem, kind, text]] of Object.entries(outputs)) {
  const file = named(stem, kind, text)
  wanted.set(join(target, file), Buffer.from(text))
  if (kind === 'png') { lines.push(`{%- set ${name} = "${file}" -%}`); continue }
  wanted.set(join(target, file + '.br'), brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: text.length } }))
  wanted.set(join(target, file + '.gz'), gzipSync(text, { level: 9 }))
  lines.push(`{%- set ${name} = "${file}" -%}`)
}
wanted.set(join(shared, 'templates', 'parts', 'asset_names.html'), Buffer.from(lines.join('\n') + '\n'))

const read = (path) => { try { return readFileSync(path) } catch { return Buffer.alloc(0) } }
if (checking) {
  const stale = [...wanted].filter(([path, content]) => !content.equals(read(path))).map(([path]) => path)
  if (stale.length) { console.error(`Out of date, run make frontend: ${stale.join(', ')}`); process.exit(1) }
} else {
  mkdirSync(target, { recursive: true })
  for (const old of readdirSync(target)) if (/^[a-z]+(-[a-z0-9]+)*\.[0-9a-f]{10}\.(css|js|svg|png|webmanifest)(\.br|\.gz)?$/.test(old)) rmSync(join(target, old))
  for (const [path, content] of wanted) writeFileSync(path, content)
}
