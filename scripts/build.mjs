/**
 * Bundles the product into one file, and the demo (with its simulated cluster) into another:
 * the image ships the first only. One file halves start-up time and resident memory.
 */
import { build } from 'esbuild';
import { readFileSync } from 'node:fs';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));

/**
 * Of client-node only the kubeconfig and its authentication are used (src/kube does the rest). Their file
 * also imports the generated API of every Kubernetes kind and a second HTTP client: 80 MiB of resident
 * memory for methods that nobody calls.
 */
const UNUSED_MODULES = /^(undici|\.\/gen\/index\.js|\.\/middleware\.js)$/;
const UNUSED_NAMES = [
  'Agent',
  'ProxyAgent',
  'ServerConfiguration',
  'createConfiguration',
  'setHeaderMiddleware',
];
const kubeconfigOnly = {
  name: 'kubeconfig-only',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: UNUSED_MODULES }, ({ path, importer }) =>
      importer.endsWith('client-node/dist/config.js') ? { path, namespace: 'unused' } : undefined,
    );
    onLoad({ filter: /.*/, namespace: 'unused' }, ({ path }) => ({
      contents: `const refuse = () => { throw new Error('${path} is not part of this program'); };
        export { ${UNUSED_NAMES.map((name) => `refuse as ${name}`).join(', ')} };`,
    }));
  },
};
const common = {
  bundle: true,
  platform: 'node',
  target: 'node22.19',
  format: 'esm',
  sourcemap: false,
  minifySyntax: true,
  minifyWhitespace: true,
  keepNames: true,
  legalComments: 'none',
  logLevel: 'warning',
  plugins: [kubeconfigOnly],
  define: { 'process.env.PTP_HEALTH_VERSION': JSON.stringify(version) },
  // CommonJS dependencies inside an ESM bundle still ask for require().
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
};

await build({
  ...common,
  entryPoints: { 'ptp-health': 'src/main.ts' },
  outdir: 'dist',
  // Loaded at run time when somebody asks for the demo; absent from the image.
  external: ['./demo.js'],
});
await build({ ...common, entryPoints: { demo: 'src/commands/demo.ts' }, outdir: 'dist' });
