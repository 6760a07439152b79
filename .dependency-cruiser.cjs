/**
 * Who may import whom, types included: docs/architecture.md draws it. `npm run lint` fails on a wrong import, and the
 * comment of the rule says where the code belongs instead.
 */

/** Inside `src/domain` each folder imports the ones before it, and nothing else. */
const DOMAIN = [
  'values',
  'budget',
  'broker',
  'findings',
  'calendar',
  'order-event',
  'outbox',
  'order-state',
  'order',
  'operator',
  'views',
  'records',
];

const OURS = '^(contracts|workflows|activities|src|simulators|demo|tools|bench|test)/';

/** A folder, by path or name, and all that it may import of this repository beside itself. */
const only = (from, allowed, comment) => ({
  name: `${from.replaceAll('/', '-')}-imports`,
  severity: 'error',
  comment,
  from: { path: `^${from}/` },
  to: { path: OURS, pathNot: [`^${from}/`, ...allowed.map((path) => `^${path}`)] },
});

const domain = DOMAIN.map((folder, index) =>
  only(
    `src/domain/${folder}`,
    DOMAIN.slice(0, index).map((before) => `src/domain/${before}/`),
    `Folders of the domain depend on each other in one direction: ${DOMAIN.join(' <- ')}. Move what both need to the folder further left.`,
  ),
);

const PURE = ['@temporalio/(client|worker|activity)', 'undici', 'fastify', 'zod', 'pino', 'pg', 'kysely'];

module.exports = {
  forbidden: [
    {
      name: 'no-circles',
      severity: 'error',
      comment:
        'Files that import each other, if only types, cannot be read one at a time. Move what both need into a file of its own, further down.',
      from: {},
      to: { circular: true },
    },
    ...domain,
    {
      name: 'pure-code',
      severity: 'error',
      comment:
        'The domain, the picture and workflow code run in the sandbox of workflows: no clients, no zod, nothing of Node.js. Effects belong in an activity.',
      from: { path: '^(src/domain|src/picture|workflows|contracts)/' },
      to: { path: [`node_modules/(${PURE.join('|')})/`, '^node:'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'no-node-in-pure-code',
      severity: 'error',
      comment:
        'The domain, the picture and workflow code run in the sandbox of workflows, which has nothing of Node.js.',
      from: { path: '^(src/domain|src/picture|workflows|contracts)/' },
      to: { dependencyTypes: ['core'] },
    },
    only(
      'contracts',
      ['src/domain/'],
      'Contracts name what crosses the engine: signals, queries, updates, activity interfaces. They know the domain alone.',
    ),
    only(
      'workflows',
      ['contracts/', 'src/domain/'],
      'Workflow code calls activities by contracts/activities.ts, and decides by src/domain.',
    ),
    only(
      'activities',
      ['contracts/', 'src/(app|domain|lib|temporal|upvest)/'],
      'Activities know neither the HTTP edge, the command line nor ESW’s client, which they get as a sink.',
    ),
    only(
      'src/app',
      ['contracts/', 'src/(domain|lib|temporal|upvest)/'],
      'Use cases know neither HTTP nor the command line: what both need belongs here, what only one needs belongs there.',
    ),
    only(
      'src/lib',
      [],
      'src/lib is what any project could use: what knows this one belongs beside its users.',
    ),
    only(
      'src/partners',
      ['src/lib/'],
      'src/partners is what the adapters of both partners share, and knows neither of them.',
    ),
    only(
      'src/temporal',
      ['contracts/', 'src/lib/'],
      'src/temporal knows Temporal, and nothing of orders: that is src/app.',
    ),
    only(
      'src/upvest',
      ['src/domain/', 'src/lib/', 'src/partners/'],
      'The adapter of Upvest translates between its API and the domain.',
    ),
    only(
      'src/esw',
      ['src/app/ports/', 'src/domain/', 'src/lib/', 'src/partners/'],
      'The adapter of ESW implements the port of src/app, and knows no other use case.',
    ),
    only(
      'src/records',
      ['contracts/', 'src/app/ports/', 'src/domain/', 'src/lib/'],
      'The records database implements ports of src/app, and knows no use case.',
    ),
    only('src/picture', ['src/domain/'], 'The picture is drawn from views of the domain, and nothing else.'),
    only(
      'src/config',
      ['contracts/', 'src/app/roles', 'src/domain/', 'src/lib/', 'src/upvest/client/private-key'],
      'Configuration is read here, and used elsewhere.',
    ),
    only(
      'src/telemetry',
      ['src/(app|lib|partners)/'],
      'Telemetry turns what processes report into metrics, and decides nothing.',
    ),
    only('src/admin', ['src/(config|lib)/'], 'The admin address shows what it is given.'),
    only(
      'src/doctor',
      ['src/(config|esw|lib|partners|records|temporal|upvest)/'],
      'The doctor checks a deployment from outside, without a use case.',
    ),
    only(
      'src/http',
      ['contracts/', 'src/(app|config|domain|lib|picture|telemetry|upvest)/'],
      'The HTTP edge calls use cases of src/app; what talks to Temporal belongs there.',
    ),
    only(
      'src/cli',
      ['contracts/', 'src/(app|config|doctor|domain|lib|partners|picture|records|temporal|upvest)/'],
      'The command line calls the API over HTTP, or use cases of src/app, and nothing of src/http.',
    ),
    {
      name: 'production-only',
      severity: 'error',
      comment: 'Simulators, demo, tools, benchmarks and tests are not part of what production runs.',
      from: { path: '^(contracts|workflows|activities|src)/' },
      to: { path: '^(simulators|demo|tools|bench|test)/' },
    },
    only(
      'simulators',
      [],
      'Simulators are written from docs/references and share no code with the product, so that both can be wrong independently.',
    ),
    {
      name: 'demo-is-on-top',
      severity: 'error',
      comment: 'The demo uses tools and simulators, and nothing uses the demo.',
      from: { path: '^(tools|simulators)/' },
      to: { path: '^demo/' },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
  },
};
