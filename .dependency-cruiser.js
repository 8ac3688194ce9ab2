/** The direction of imports: observe → state → assess → report → publish. Each rule says why. */
const PURE = '^src/(ptp|state|assess|report|engine|observe/logs/grammar)/';

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no-circles',
      comment: 'A circle means two files are one thing: merge them or move what they share.',
      severity: 'error',
      from: {},
      to: { circular: true, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'core-is-pure',
      comment: 'The core computes verdicts from its arguments only. I/O belongs to observe, publish or kube.',
      severity: 'error',
      from: { path: PURE, pathNot: '\\.test\\.ts$' },
      to: { path: '^src/(kube|publish|commands|lib/(clock|log|shutdown))|^node:', pathNot: '^src/lib/ring' },
    },
    {
      name: 'core-has-no-node-builtins',
      comment: 'The core runs anywhere, also in a browser: no Node built-ins.',
      severity: 'error',
      from: { path: PURE, pathNot: '\\.test\\.ts$' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'ptp-is-the-bottom',
      comment: 'src/ptp is the vocabulary of the field: it knows nothing about this program.',
      severity: 'error',
      from: { path: '^src/ptp/', pathNot: '\\.test\\.ts$' },
      to: { path: '^src/', pathNot: '^src/(ptp|lib)/' },
    },
    {
      name: 'state-does-not-judge',
      comment: 'state remembers; assess judges. State must not know rules, reports or outputs.',
      severity: 'error',
      from: { path: '^src/state/', pathNot: '\\.test\\.ts$' },
      to: { path: '^src/(assess|report|engine|publish|kube|commands)/' },
    },
    {
      name: 'assess-does-not-report',
      comment: 'A rule gives findings; their public shape is report’s business.',
      severity: 'error',
      from: { path: '^src/assess/', pathNot: '\\.test\\.ts$' },
      to: { path: '^src/(report|engine|publish|kube|commands)/' },
    },
    {
      name: 'observe-decides-nothing',
      comment: 'observe turns bytes into facts. Memory and verdicts come after it.',
      severity: 'error',
      from: { path: '^src/observe/', pathNot: '\\.test\\.ts$' },
      to: { path: '^src/(state|assess|report|engine|publish|commands)/' },
    },
    {
      name: 'publish-computes-no-verdict',
      comment: 'Every output shows the one snapshot. It must not reach behind it.',
      severity: 'error',
      from: { path: '^src/publish/', pathNot: '\\.test\\.ts$' },
      to: { path: '^src/(observe|state|assess|engine|commands)/' },
    },
    {
      name: 'kube-knows-no-ptp',
      comment: 'kube is a Kubernetes runtime for anything: it must not know PTP or our outputs.',
      severity: 'error',
      from: { path: '^src/kube/', pathNot: '\\.test\\.ts$' },
      to: { path: '^src/', pathNot: '^src/(kube|lib)/' },
    },
    {
      name: 'only-commands-wire',
      comment: 'Parts are put together in src/commands, nowhere else.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(commands/|main\\.ts)' },
      to: { path: '^src/commands/' },
    },
    {
      name: 'product-without-simulation',
      comment: 'The simulated cluster is for development, demo and tests: never in the image.',
      severity: 'error',
      from: { path: '^src/', pathNot: '\\.test\\.ts$|^src/commands/demo' },
      to: { path: '^(sim|test|e2e|bench)/' },
    },
    {
      name: 'no-dev-dependency-in-product',
      comment: 'What the product imports must be a dependency, not a devDependency.',
      severity: 'error',
      from: { path: '^src/', pathNot: '\\.test\\.ts$' },
      to: { dependencyTypes: ['npm-dev'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    detectProcessBuiltinModuleCalls: true,
  },
};
