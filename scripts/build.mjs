/**
 * Bundles the product into one file, and the demo (with its simulated cluster) into another:
 * the image ships the first only. One file halves start-up time and resident memory.
 */
import { build } from 'esbuild';
import { readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));

/**
 * An `import` of a builtin module reads all its exports, and those of node:http load a whole second HTTP
 * client that nobody asked for: 13 MiB. `require` reads what is used.
 */
const lazyBuiltins = {
  name: 'lazy-builtins',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^[a-z_:/]+$/ }, ({ path, namespace }) => {
      if (!isBuiltin(path)) return undefined;
      return namespace === 'builtin' ? { path, external: true } : { path, namespace: 'builtin' };
    });
    onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({
      contents: `module.exports = require('${path}');`,
    }));
  },
};

/**
 * Of client-node only the kubeconfig and its authentication are used (src/kube does the rest). Their file
 * also imports the generated API of every Kubernetes kind and a second HTTP client: 80 MiB of resident
 * memory for methods that nobody calls. Proxies in a kubeconfig are refused before they get here.
 */
const UNUSED_MODULES = /^(undici|hpagent|socks|socks-proxy-agent|\.\/gen\/index\.js|\.\/middleware\.js)$/;
const UNUSED_NAMES = [
  'Agent',
  'HttpProxyAgent',
  'HttpsProxyAgent',
  'ProxyAgent',
  'SocksClient',
  'SocksProxyAgent',
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
  plugins: [lazyBuiltins, kubeconfigOnly],
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
