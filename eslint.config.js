import tseslint from 'typescript-eslint';

/**
 * The pure core: what happens in it depends on its arguments only, so that the live
 * operator and the offline analyser give the same verdict for the same input.
 */
const PURE = [
  'src/ptp/**',
  'src/state/**',
  'src/assess/**',
  'src/report/**',
  'src/engine/**',
  'src/observe/logs/grammar/**',
];

export default tseslint.config(
  { ignores: ['node_modules/', 'dist/', '.runtime/', 'test/corpus/', 'coverage/'] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: { allowDefaultProject: ['*.js'] } } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      complexity: ['error', 14],
      'max-depth': ['error', 4],
      'max-params': ['error', 5],
      'max-lines': ['error', { max: 450, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 80, skipBlankLines: true, skipComments: true }],
      eqeqeq: 'error',
      'no-console': 'error',
    },
  },
  {
    files: PURE,
    ignores: ['**/*.test.ts'],
    rules: {
      'no-restricted-globals': [
        'error',
        { name: 'process', message: 'The core is pure: it reads no environment.' },
        { name: 'setTimeout', message: 'The core is pure: time arrives as an argument.' },
        { name: 'setInterval', message: 'The core is pure: time arrives as an argument.' },
        { name: 'performance', message: 'The core is pure: time arrives as an argument.' },
        { name: 'fetch', message: 'The core is pure: it does no I/O.' },
      ],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'The core is pure: time arrives as an argument.' },
        {
          object: 'Math',
          property: 'random',
          message: 'The core is pure: the same input must give the same verdict.',
        },
      ],
    },
  },
  {
    files: ['**/*.test.ts', 'test/**', 'e2e/**', 'bench/**', 'sim/**', 'scripts/**'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/explicit-module-boundary-types': 'off',
      'max-lines-per-function': 'off',
      'no-console': 'off',
    },
  },
  { files: ['**/*.{js,mjs}'], ...tseslint.configs.disableTypeChecked },
);
