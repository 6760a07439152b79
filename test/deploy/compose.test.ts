/** There may be no container engine here, so what docker-compose.yml says is held against its schema and the code. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import Ajv from 'ajv';
import addFormats from 'ajv-formats';
import { TypedSearchAttributes } from '@temporalio/common';
import { parse } from 'yaml';
import { VARIABLES } from '../../src/config';
import { requiredSearchAttributes } from '../../src/temporal/search-attributes';

const root = resolve(__dirname, '../..');
const read = (path: string): string => readFileSync(resolve(root, path), 'utf8');

interface Service {
  image?: string;
  command?: string[];
  environment?: Record<string, string>;
  ports?: string[];
  volumes?: string[];
  depends_on?: Record<string, unknown>;
  profiles?: string[];
}
const compose = parse(read('docker-compose.yml'), { merge: true }) as { services: Record<string, Service> };
const service = (name: string): Service => compose.services[name] ?? {};

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

/** Variables without a default: the lines of .env.example that are not commented out. */
function requiredVariables(): string[] {
  return [...read('.env.example').matchAll(/^([A-Z_]+)=/gm)].map(([, name = '']) => name);
}

test('worker and server together are given every required variable', () => {
  const given = new Set([
    ...Object.keys(service('worker').environment ?? {}),
    ...Object.keys(service('server').environment ?? {}),
  ]);
  for (const variable of requiredVariables()) expect([...given]).toContain(variable);
});

test('worker and server get the same policies and settings of orders, since either may start one', () => {
  const worker = service('worker').environment ?? {};
  const server = service('server').environment ?? {};
  const shared = Object.keys(worker).filter((variable) =>
    /^(POLICY_|ESW_TENANT|UPVEST_|TEMPORAL_)/.test(variable),
  );
  expect(shared.length).toBeGreaterThan(8);
  for (const variable of shared) expect(server[variable]).toBe(worker[variable]);
});

test('ports and paths agree with each other', () => {
  const { environment = {}, ports = [] } = service('server');
  expect(ports).toEqual([`127.0.0.1:${environment.HTTP_PORT ?? ''}:${environment.HTTP_PORT ?? ''}`]);
  expect(service('webhook-subscription').command?.at(-1)).toBe(
    `http://server:${environment.HTTP_PORT ?? ''}/webhooks/upvest`,
  );
  expect(environment.WEBHOOK_PATH).toContain('/webhooks/upvest');
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
  for (const { command = [] } of Object.values(compose.services)) {
    const script = command.find((word) => word.startsWith('dist/'));
    if (script !== undefined)
      expect(() => read(script.replace(/^dist\//, '').replace(/\.js$/, '.ts'))).not.toThrow();
  }
});

test('mounted files are there, or made by deploy/make-secrets.sh', () => {
  const maker = read('deploy/make-secrets.sh');
  for (const { volumes = [], environment = {} } of Object.values(compose.services)) {
    for (const [source = ''] of volumes.map((volume) => volume.split(':'))) {
      if (source.endsWith('.sh')) expect(() => read(source)).not.toThrow();
    }
    for (const value of Object.values(environment).filter((one) =>
      one.startsWith('/run/secrets/coordinator/'),
    )) {
      expect(maker).toContain(value.replace('/run/secrets/coordinator/', ''));
    }
  }
});

test('deploy/temporal-setup.sh makes just the search attributes of the code, and keeps closed workflows for 30 days', () => {
  const script = read('deploy/temporal-setup.sh');
  const made = [...script.matchAll(/^attribute (\w+) (\w+)$/gm)].map(
    ([, name, type]) => `${name ?? ''} ${type ?? ''}`,
  );
  const needed = requiredSearchAttributes.map(
    ({ name, type }) => `${name} ${TypedSearchAttributes.toMetadataType(type)}`,
  );
  expect(made.sort()).toEqual(needed.map((line) => line.replace('KEYWORD_LIST', 'KeywordList')).sort());
  expect(script).toContain('retention=30d');
});

test('.env.example explains exactly the variables that are read', () => {
  const explained = [...read('.env.example').matchAll(/^(?:# )?([A-Z][A-Z_]+)=/gm)].map(
    ([, name = '']) => name,
  );
  expect(explained.filter((name) => !name.startsWith('TEMPORAL_')).sort()).toEqual(VARIABLES);
});
