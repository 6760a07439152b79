import tseslint from 'typescript-eslint';
import { ownPropertiesOnly } from './tools/lint/own-properties-only.mjs';

export default tseslint.config(
  { ignores: ['dist', 'coverage'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.strictTypeChecked, ...tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      eqeqeq: 'error',
      // Leaving members out of a copy is what rest siblings are for.
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true, args: 'after-used' }],
      'no-console': 'error',
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      'no-duplicate-imports': ['error', { allowSeparateTypeImports: true }],
    },
  },
  {
    // Names from outside never find what every object inherits.
    files: ['{src,contracts,workflows,activities}/**/*.ts'],
    plugins: { local: { rules: { 'own-properties-only': ownPropertiesOnly } } },
    rules: { 'local/own-properties-only': 'error' },
  },
  {
    // All workflows of a thread share these modules (`tools/bundle.ts`).
    files: ['{contracts,src/domain}/**/*.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: 'Program > :matches(VariableDeclaration, * > VariableDeclaration)[kind="let"]',
          message: 'State of this module would pass from one workflow to another. Keep it in the workflow.',
        },
      ],
    },
  },
  {
    // The operators' page: browser modules without a build step, with types by JSDoc.
    files: ['src/page/static/**/*.js'],
    extends: [...tseslint.configs.strictTypeChecked, ...tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      eqeqeq: 'error',
      'no-console': 'error',
      'max-lines': ['error', { max: 250 }],
      // JSON of the API has no types here.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowAny: true }],
    },
  },
  {
    files: ['workflows/**/*.ts'],
    rules: {
      // A workflow's main function reads as the life of an order, from top to bottom.
      'max-lines-per-function': ['error', { max: 120 }],
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: { 'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }] },
  },
);
