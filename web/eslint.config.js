import js from '@eslint/js'
import svelte from 'eslint-plugin-svelte'
import globals from 'globals'
import ts from 'typescript-eslint'
import svelteConfig from './svelte.config.js'

/** Layout is Prettier's; here stands what is likely to be wrong. */
export default ts.config(
  { ignores: ['dist/', 'e2e-out/', 'src/api/schema.ts'] },
  js.configs.recommended,
  ...ts.configs.recommended,
  ...ts.configs.stylistic,
  ...svelte.configs.recommended,
  ...svelte.configs.prettier,
  { languageOptions: { globals: { ...globals.browser } }, linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser, svelteConfig, extraFileExtensions: ['.svelte'] } },
  },
  {
    files: ['e2e/**', '*.{js,ts}', '**/__tests__/**', '**/*.test.ts'],
    languageOptions: { globals: { ...globals.node } },
  },
  {
    rules: {
      // A long line is Prettier's to break; what it cannot break (a string, a comment) is mended by hand.
      'max-len': ['error', { code: 120, tabWidth: 2 }],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-console': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': 'error',
      // What may fail without harm is left to an empty handler.
      '@typescript-eslint/no-empty-function': 'off',
    },
  },
  { files: ['e2e/**'], rules: { 'no-console': 'off' } },
)
