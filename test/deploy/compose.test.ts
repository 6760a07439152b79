/** There may be no container engine here, so what docker-compose.yml says is held against its schema and the code. */
import { readFileSync } from 'node:fs';
import Ajv from 'ajv';
import addFormats from 'ajv-formats';
import { TypedSearchAttributes } from '@temporalio/common';
import { parse } from 'yaml';
import { readServerConfig, readWorkerConfig, VARIABLES } from '../../src/config/config';
import { MINIMUM_RETENTION_DAYS } from '../../src/temporal/namespace-commands';
import { requiredSearchAttributes } from '../../contracts/search-attributes';
import { CLI_VERSION, SERVER_VERSION, UI_VERSION } from '../../tools/temporal-server/versions';
import { makeSecrets, root } from './secrets';

const read = (path: string): string => readFileSync(`${root}/${path}`, 'utf8');

interface Service {
  image?: string;
  build?: unknown;
  command?: string[];
  environment?: Record<string, string>;
  ports?: string[];
  volumes?: string[];
  depends_on?: Record<string, unknown>;
  profiles?: string[];
}
const compose = parse(read('docker-compose.yml'), { merge: true }) as { services: Record<string, Service> };
const service = (name: string): Service => compose.services[name] ?? {};

/** What Compose makes of a text where the person who runs it has set nothing. */
const interpolated = (text: string): string => text.replace(/\$\{\w+:-([^}]*)\}/g, '$1');

const SECRETS = '/run/secrets/coordinator';
const secrets = makeSecrets();
afterAll(secrets.remove);

/** A service's environment as its process sees it, with files that can be read here. */
function environmentOf(name: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(service(name).environment ?? {}).map(([variable, value]) => [
      variable,
      interpolated(value).replace(SECRETS, secrets.folder),
    ]),
  );
}

test('docker-compose.yml is valid by the compose specification', () => {
  const ajv = new Ajv({ allErrors: true, strict: false });
  addFormats(ajv);
  // Its $schema has an address that no validator knows; without it draft-07 is assumed, which it is.
  const { $schema, ...schema } = JSON.parse(
    read('node_modules/dclint/schemas/compose.schema.json'),
  ) as Record<string, unknown>;
  expect($schema).toContain('draft-07');
  const validate = ajv.compile(schema);
  validate(compose);
  expect(validate.errors ?? []).toEqual([]);
  expect(validate({ services: { worker: { imagee: 'x' } } })).toBe(false);
});

test('every service that another one waits for exists', () => {
  for (const { depends_on: waitsFor = {} } of Object.values(compose.services)) {
    for (const name of Object.keys(waitsFor)) expect(compose.services).toHaveProperty(name);
  }
});

test.each(['worker', 'server', 'webhook-subscription'])(
  '%s is given only variables that the code reads',
  (name) => {
    const names = Object.keys(service(name).environment ?? {}).filter(
      (variable) => !variable.startsWith('TEMPORAL_'),
    );
    expect(names.length).toBeGreaterThan(5);
    for (const variable of names) expect(VARIABLES).toContain(variable);
  },
);

test('worker and server together are given every variable, so that none set in .env goes unseen', () => {
  const given = new Set([...Object.keys(environmentOf('worker')), ...Object.keys(environmentOf('server'))]);
  expect([...given].filter((variable) => !variable.startsWith('TEMPORAL_')).sort()).toEqual(VARIABLES);
});

test('the processes start with what they are given, and the defaults are those of the code', () => {
  const hasNoDefault =
    /^(UPVEST_(BASE|CLIENT|KEY|PRIVATE)|ESW_(BASE|TOKEN|CLIENT|SCOPE|TENANT)|HTTP_HOST|ADMIN_|API_|DATABASE_)/;
  const required = (given: Record<string, string>): Record<string, string> =>
    Object.fromEntries(Object.entries(given).filter(([variable]) => hasNoDefault.test(variable)));
  // Key objects do not compare; as JSON they are all the same.
  const comparable = (config: unknown): unknown => JSON.parse(JSON.stringify(config));
  const worker = environmentOf('worker');
  const server = environmentOf('server');
  expect(comparable(readWorkerConfig(worker))).toEqual(comparable(readWorkerConfig(required(worker))));
  expect(comparable(readServerConfig(server))).toEqual(comparable(readServerConfig(required(server))));
  expect(() => readServerConfig(environmentOf('webhook-subscription'))).not.toThrow();
});

test('what worker and server are both given is the same, since either may start an order', () => {
  const server = environmentOf('server');
  const shared = Object.entries(environmentOf('worker')).filter(
    ([variable]) => variable in server && variable !== 'DATABASE_URL',
  );
  expect(shared.length).toBeGreaterThan(15);
  for (const [variable, value] of shared) expect([variable, server[variable]]).toEqual([variable, value]);
});

test('worker, server and set-up connect to the records database as users of their own, whom the set-up makes', () => {
  const urls = ['worker', 'server', 'records-setup'].map(
    (name) => new URL(environmentOf(name).DATABASE_URL ?? ''),
  );
  expect(urls.map(({ username }) => username)).toEqual(['records_worker', 'records_server', 'records_owner']);
  expect(new Set(urls.map(({ host, pathname }) => `${host}${pathname}`))).toEqual(
    new Set([`postgresql:5432/records`]),
  );
  const made = environmentOf('records-database');
  expect(urls.map(({ password }) => password)).toEqual([
    made.RECORDS_WORKER_PASSWORD,
    made.RECORDS_SERVER_PASSWORD,
    made.RECORDS_OWNER_PASSWORD,
  ]);
  expect(service('records-setup').command?.join(' ')).toContain(
    'records migrate --grant-worker records_worker --grant-server records_server',
  );
  for (const name of ['worker', 'server'])
    expect(service(name).depends_on).toMatchObject({
      'records-setup': { condition: 'service_completed_successfully' },
    });
});

test('ports and paths agree with each other', () => {
  const { environment = {}, ports = [] } = service('server');
  expect(ports).toEqual([`127.0.0.1:${environment.HTTP_PORT ?? ''}:${environment.HTTP_PORT ?? ''}`]);
  expect(service('webhook-subscription').command?.at(-1)).toBe(
    `http://server:${environment.HTTP_PORT ?? ''}${environment.WEBHOOK_PATH ?? ''}`,
  );
  const upvest = service('worker').environment?.UPVEST_BASE_URL ?? '';
  expect(upvest).toContain(`http://upvest-simulator:${service('upvest-simulator').command?.at(-1) ?? ''}`);
  const esw = service('worker').environment?.ESW_BASE_URL ?? '';
  expect(esw).toContain(`http://esw-simulator:${service('esw-simulator').command?.at(-1) ?? ''}`);
});

test('only the simulators and what serves them are behind the profile', () => {
  const behind = Object.keys(compose.services).filter((name) =>
    service(name).profiles?.includes('simulators'),
  );
  expect(behind.sort()).toEqual(['esw-simulator', 'upvest-simulator', 'webhook-subscription']);
});

test('commands run files that the build makes', () => {
  const scripts = Object.values(compose.services).flatMap(({ command = [] }) =>
    command.filter((word) => word.startsWith('dist/')),
  );
  expect(scripts).toHaveLength(6);
  for (const script of scripts) {
    expect(() => read(script.replace(/^dist\//, '').replace(/\.js$/, '.ts'))).not.toThrow();
  }
});

test('images of others have a fixed version, and Temporal and its tools the same', () => {
  const others = Object.values(compose.services).flatMap(({ image, build }) =>
    image !== undefined && build === undefined ? [image] : [],
  );
  expect(others).toHaveLength(6);
  for (const image of others) expect(image).toMatch(/:\d+\.\d+/);
  const ofTemporal = others.filter((image) => /\/(server|admin-tools):/.test(image));
  expect(new Set(ofTemporal.map((image) => image.split(':')[1])).size).toBe(1);
});

test('Temporal has the versions that the tests are run on, and the README names them', () => {
  const images = Object.values(compose.services).map(({ image }) => image);
  expect(images.filter((image) => image?.startsWith('temporalio/')).sort()).toEqual([
    `temporalio/admin-tools:${SERVER_VERSION}`,
    `temporalio/admin-tools:${SERVER_VERSION}`,
    `temporalio/server:${SERVER_VERSION}`,
    `temporalio/ui:${UI_VERSION}`,
  ]);
  const readme = read('README.md').replaceAll(/\s+/g, ' ');
  expect(readme).toContain(`CLI ${CLI_VERSION} is downloaded`);
  expect(readme).toContain(`Temporal server ${SERVER_VERSION} and Web UI ${UI_VERSION}`);
});

test("the Web UI's news feed is off", () => {
  expect(service('temporal-ui').environment).toMatchObject({ TEMPORAL_DISABLE_NEWS_FETCH: 'true' });
});

test('mounted files are there, or made by deploy/make-secrets.sh', () => {
  for (const { volumes = [], environment = {} } of Object.values(compose.services)) {
    for (const [source = ''] of volumes.map((volume) => volume.split(':'))) {
      if (source.endsWith('.sh')) expect(() => read(source)).not.toThrow();
    }
    for (const value of Object.values(environment).filter((one) => one.startsWith(`${SECRETS}/`))) {
      expect(secrets.files).toContain(value.replace(`${SECRETS}/`, ''));
    }
  }
});

test('secrets stay out of Git and out of the image', () => {
  for (const file of ['.gitignore', '.dockerignore']) expect(read(file)).toMatch(/^deploy\/secrets\/?$/m);
  expect(read('.dockerignore')).toMatch(/^\.env$/m);
});

test('deploy/temporal-setup.sh makes just the search attributes of the code, and keeps closed workflows for 30 days', () => {
  const script = read('deploy/temporal-setup.sh');
  const made = [...script.matchAll(/^attribute (\w+) (\w+)$/gm)].map(
    ([, name = '', type = '']) => `${name} ${type}`,
  );
  const needed = requiredSearchAttributes.map(
    ({ name, type }) => `${name} ${TypedSearchAttributes.toMetadataType(type)}`,
  );
  expect(made.sort()).toEqual(needed.sort());
  expect(Number(/^days=(\d+)$/m.exec(script)?.[1])).toBeGreaterThanOrEqual(MINIMUM_RETENTION_DAYS);
});

test('the Temporal server is given its dynamic configuration and its number of shards (14.25)', () => {
  const { environment = {}, volumes = [] } = service('temporal');
  const [host = '', inside, mode] = volumes[0]?.split(':') ?? [];
  expect([inside, mode]).toEqual([environment.DYNAMIC_CONFIG_FILE_PATH, 'ro']);
  expect(parse(read(host))).toMatchObject({ 'frontend.namespaceRPS.visibility': [{ value: 100 }] });
  expect(Number(environment.NUM_HISTORY_SHARDS)).toBe(512);
});
