// Has scripts that belong together fetch what they share once: it is a file of its own, and the others read it from the name that it
// leaves behind instead of holding a copy each. (Modules would do that by themselves, but older service workers know none.)
import { buildSync } from 'esbuild'
import { resolve } from 'node:path'

// What `entry` hands on, and the files it hands it on from.
function handedOn(entry) {
  const { metafile, outputFiles } = buildSync({ entryPoints: [entry], bundle: true, write: false, format: 'esm', metafile: true, logLevel: 'error' })
  const [{ exports }] = Object.values(metafile.outputs)
  if (!outputFiles.length || !exports.length) throw new Error(`${entry} hands nothing on.`)
  const from = Object.keys(metafile.inputs).filter((file) => !file.includes('node_modules')).map((file) => resolve(file))
  return { exports, from: new Set(from) }
}

// A plugin of esbuild: whatever imports one of those files is given the names from `name` on the page or in the worker.
export function oneCopy(entry, name) {
  const { exports, from } = handedOn(entry)
  return {
    name: 'one-copy',
    setup(build) {
      build.onResolve({ filter: /^\.\.?\// }, ({ path, resolveDir }) => (from.has(resolve(resolveDir, path)) ? { path: name, namespace: 'one-copy' } : null))
      build.onLoad({ filter: /.*/, namespace: 'one-copy' }, () => ({ contents: `export const { ${exports.join(', ')} } = self.${name}` }))
    },
  }
}
