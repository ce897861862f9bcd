import { defineConfig, globalIgnores } from 'eslint/config';
import reactHooks from 'eslint-plugin-react-hooks';
import typescript from 'typescript-eslint';

import { noImportCycle } from './eslint/no-import-cycle.js';

export default defineConfig(
  globalIgnores(['**/generated/']),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  typescript.configs.strictTypeChecked,
  typescript.configs.stylisticTypeChecked,
  {
    plugins: { keepwell: { rules: { 'no-import-cycle': noImportCycle } } },
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      'keepwell/no-import-cycle': 'error',
      'max-lines': ['error', { max: 250 }],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
      'no-console': 'error',
      'no-restricted-globals': ['error', { name: 'parseFloat', message: 'Money stays a decimal string.' }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-import-type-side-effects': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
    },
  },
  {
    // These rules run the React compiler, so they are limited to the files that define components and hooks.
    files: ['apps/dashboard/src/**', 'packages/ui/src/**'],
    ignores: ['**/*.test.*'],
    extends: [reactHooks.configs.flat['recommended-latest']],
  },
  {
    // The dashboard's folders are layers: to read one, only the folders it imports need to be known.
    files: ['apps/dashboard/src/**'],
    rules: { 'keepwell/no-import-cycle': ['error', { folders: true }] },
  },
  {
    // A `describe` block contains many small functions, so its length says nothing.
    files: ['**/*.test.ts', '**/*.test.tsx'],
    rules: { 'max-lines-per-function': 'off' },
  },
  {
    // The generator's `$` is typed by what it creates, and called without `new`.
    files: ['packages/api/generator/**', 'packages/api/openapi-ts.config.ts'],
    rules: { '@typescript-eslint/no-unsafe-class-instance-assignment': 'off' },
  },
  // This file itself is plain JavaScript, checked without types.
  { files: ['**/*.js'], extends: [typescript.configs.disableTypeChecked] },
);
