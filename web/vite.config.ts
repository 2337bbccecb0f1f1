import { gzipSync } from 'node:zlib'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig, type Plugin } from 'vite'

const BUDGET_KB = 120
const SERVER = process.env['PARKPLAN_SERVER'] ?? 'http://127.0.0.1:8080'
// The server takes writes from its own origin only, which behind the dev proxy is its address.
const PROXY = { target: SERVER, changeOrigin: true, headers: { origin: SERVER } }
const API = [
  '/collections',
  '/catalogue',
  '/search',
  '/parcels',
  '/processes',
  '/plans',
  '/jobs',
  '/instruments',
  '/lineage',
  '/exports',
  '/changes',
  '/session',
  '/units',
  '/buildings',
  '/parks',
]

/**
 * Everything the first screen (the frame and the query task) needs, MapLibre apart, stays within the budget or the
 * build fails.
 */
function initialBudget(): Plugin {
  return {
    name: 'initial-budget',
    generateBundle(_options, bundle) {
      const seen = new Set<string>()
      const visit = (file: string): void => {
        const chunk = bundle[file]
        if (seen.has(file) || chunk?.type !== 'chunk') return
        seen.add(file)
        for (const css of chunk.viteMetadata?.importedCss ?? []) seen.add(css)
        chunk.imports.forEach(visit)
      }
      for (const item of Object.values(bundle))
        if (item.type === 'chunk' && (item.isEntry || item.facadeModuleId?.endsWith('modes/query/index.ts')))
          visit(item.fileName)
      let bytes = 0
      for (const file of seen) {
        const item = bundle[file]
        if (!item || /maplibre/.test(file)) continue
        bytes += gzipSync(item.type === 'chunk' ? item.code : item.source).length
      }
      const kb = bytes / 1000
      this.info(`initial load without MapLibre: ${kb.toFixed(1)} kB gzip of ${BUDGET_KB}`)
      if (kb > BUDGET_KB) this.error(`initial load is ${kb.toFixed(1)} kB gzip, the budget is ${BUDGET_KB} kB`)
    },
  }
}

interface Graph {
  getModuleInfo(id: string): { isEntry: boolean; importers: readonly string[] } | null
}

/** Whether the page needs a module before anything is opened: a chain of plain imports leads to it from the entry. */
function needed(id: string, graph: Graph, seen = new Set<string>()): boolean {
  if (seen.has(id)) return false
  seen.add(id)
  const module = graph.getModuleInfo(id)
  return module !== null && (module.isEntry || module.importers.some((from) => needed(from, graph, seen)))
}
/** One file for all of it: cut into the parts that tasks share, it is larger and asks more often. */
const base = { name: (id: string, graph: Graph): string | null => (needed(id, graph) ? 'base' : null) }

export default defineConfig({
  plugins: [svelte(), initialBudget()],
  build: {
    outDir: 'dist',
    target: 'es2022',
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1200,
    modulePreload: { polyfill: false },
    rolldownOptions: { output: { codeSplitting: { groups: [base] } } },
  },
  worker: { format: 'es' },
  server: { proxy: Object.fromEntries([...API.map((path) => [path, PROXY]), ['^/\\?f=', PROXY]]) },
})
