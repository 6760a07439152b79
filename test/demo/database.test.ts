/** Where `npm start` keeps its records: as long as Temporal keeps its orders. */
import { demoDatabase } from '../../demo/database';

const CACHE = { XDG_CACHE_HOME: '/cache' };
const FOLDER = '/cache/portfolio-order-coordinator/npm-start';

it.each([
  ['in memory, as its own Temporal server', {}, {}],
  ['in memory, for a namespace of that server', { TEMPORAL_NAMESPACE: 'orders' }, {}],
  [
    'in a folder for a given Temporal server',
    { TEMPORAL_ADDRESS: 'temporal.example:7233' },
    { folder: `${FOLDER}/temporal.example_7233-default`, fresh: false },
  ],
  [
    'in another folder for another namespace',
    { TEMPORAL_ADDRESS: 'temporal.example:7233', TEMPORAL_NAMESPACE: 'a/b' },
    { folder: `${FOLDER}/temporal.example_7233-a_b`, fresh: false },
  ],
  ['in a given database', { DATABASE_URL: 'postgresql://a@b/c' }, { url: 'postgresql://a@b/c' }],
  [
    'in a given database, also with a given Temporal server',
    { DATABASE_URL: 'postgresql://a@b/c', TEMPORAL_ADDRESS: 'temporal.example:7233' },
    { url: 'postgresql://a@b/c' },
  ],
  ['in memory, where variables are empty', { DATABASE_URL: '', TEMPORAL_ADDRESS: '' }, {}],
])('%s', (_where, environment, expected) => {
  expect(demoDatabase({ ...CACHE, ...environment }, false)).toEqual(expected);
});

it('empties the folder on request, and never a given database', () => {
  const temporal = { ...CACHE, TEMPORAL_ADDRESS: 'temporal.example:7233' };
  expect(demoDatabase(temporal, true)).toMatchObject({ fresh: true });
  expect(demoDatabase({ ...temporal, DATABASE_URL: 'postgresql://a@b/c' }, true)).not.toHaveProperty('fresh');
});
