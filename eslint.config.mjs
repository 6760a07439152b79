import { createNodeResolver, flatConfigs, importX } from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';

const clients = [
  '@temporalio/client',
  '@temporalio/worker',
  '@temporalio/activity',
  'undici',
  'fastify',
  'zod',
  'pino',
];
const pureCode = {
  paths: clients.map((name) => ({
    name,
    message: 'Workflow code and the domain core stay pure: no clients, no zod.',
  })),
  patterns: [{ regex: '^node:', message: 'Workflow code runs in a sandbox without Node.' }],
};

/** Who may import whom: docs/architecture.md explains the boundaries. */
const zones = [
  {
    target: './src/domain',
    from: ['./src', './workflows', './activities'],
    except: ['./domain'],
    message: 'The domain core imports nothing but itself.',
  },
  {
    target: './src/picture',
    from: ['./src', './workflows', './activities'],
    except: ['./picture', './domain'],
    message: 'The picture is drawn from what the domain knows, and nothing else.',
  },
  {
    target: './workflows',
    from: ['./src', './test'],
    except: ['./domain', './temporal/search-attributes.ts'],
    message: 'Workflow code imports the domain core, and of activities only types.',
  },
  {
    target: ['./src/!(simulator|cli)', './src/!(simulator|cli)/**/*', './workflows', './activities'],
    from: './src/simulator',
    message: 'Only the demo, tests and bench may import the simulators.',
  },
  {
    target: './src/cli/!(dev*)',
    from: './src/simulator',
    message: 'Only the demo, tests and bench may import the simulators.',
  },
  {
    target: [
      './src/!(cli|docs)',
      './src/!(cli|docs)/**/*',
      './src/cli/!(dev*)',
      './workflows',
      './activities',
    ],
    from: './demo',
    message: 'Nothing that runs in production imports the demo.',
  },
  {
    target: './src/simulator',
    from: ['./src', './workflows', './activities'],
    except: ['./simulator'],
    message: 'The simulators are written from the references and share no code with the product.',
  },
  {
    target: './activities',
    from: ['./src/http', './src/cli'],
    message: 'Activities know neither the HTTP edge nor the CLI.',
  },
];

export default tseslint.config(
  { ignores: ['dist', 'coverage'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.ts'],
    extends: [
      ...tseslint.configs.strictTypeChecked,
      ...tseslint.configs.stylisticTypeChecked,
      flatConfigs.typescript,
    ],
    plugins: { 'import-x': importX },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    settings: {
      'import-x/resolver-next': [
        createNodeResolver({ extensions: ['.ts', '.js'], extensionAlias: { '.js': ['.ts', '.js'] } }),
      ],
    },
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
      'import-x/no-cycle': 'error',
      'import-x/no-duplicates': 'error',
      'import-x/no-restricted-paths': ['error', { basePath: import.meta.dirname, zones }],
    },
  },
  {
    files: ['workflows/**/*.ts', 'src/domain/**/*.ts', 'src/picture/**/*.ts'],
    rules: { 'no-restricted-imports': ['error', pureCode] },
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
      // Activities' code must never enter the workflow bundle: its types may.
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: ['**/activities', '**/activities/**'],
              allowTypeImports: true,
              message: 'Import activities as types only.',
            },
          ],
        },
      ],
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: { 'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }] },
  },
);
