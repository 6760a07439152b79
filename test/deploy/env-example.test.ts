/** .env.example is what operators start from: it must be complete, and right about the defaults. */
import { readFileSync } from 'node:fs';
import { readServerConfig, readWorkerConfig, VARIABLES } from '../../src/config/config';
import { makeSecrets, root } from './secrets';

const lines = readFileSync(`${root}/.env.example`, 'utf8').split('\n');
const secrets = makeSecrets();
afterAll(secrets.remove);

interface Explained {
  name: string;
  value: string;
  required: boolean;
  line: number;
}
const explained: Explained[] = lines.flatMap((text, line) => {
  const [, comment, name = '', value = ''] = /^(# )?([A-Z][A-Z_]+)=(.*)$/.exec(text) ?? [];
  return name === '' ? [] : [{ name, value, required: comment === undefined, line }];
});

/** The example with its gaps filled in; `optional` decides about lines that are commented out. */
function environment(optional: (variable: Explained) => boolean): Record<string, string> {
  const filledIn: Record<string, string> = {
    UPVEST_CLIENT_ID: '2f1c0a94-6b7e-4e0d-8f51-3c9d2b7a6e10',
    UPVEST_PRIVATE_KEY_FILE: `${secrets.folder}/upvest.key`,
    API_TOKENS_FILE: `${secrets.folder}/api-tokens.json`,
    DATABASE_URL: 'postgresql://worker:secret@127.0.0.1:5432/records',
  };
  const used = explained.filter((variable) => variable.required || optional(variable));
  return Object.fromEntries(
    used.map(({ name, value, required }) => [
      name,
      required ? (filledIn[name] ?? (value === '' ? 'filled in' : value)) : value,
    ]),
  );
}

test('exactly the variables that are read, and the main ones of Temporal', () => {
  const names = explained.map(({ name }) => name);
  expect(names.filter((name) => !name.startsWith('TEMPORAL_')).sort()).toEqual(VARIABLES);
  expect(names.filter((name) => name.startsWith('TEMPORAL_'))).toEqual([
    'TEMPORAL_ADDRESS',
    'TEMPORAL_NAMESPACE',
    'TEMPORAL_API_KEY',
  ]);
});

test('each variable has a comment, which says the default or that it is required', () => {
  const isVariable = new Set(explained.map(({ line }) => line));
  for (const { name, required, line } of explained) {
    let start = line;
    while (/^# (?!---)/.test(lines[start - 1] ?? '') && !isVariable.has(start - 1)) start--;
    const comment = lines.slice(start, line).join(' ');
    expect(`${name}: ${comment}`).toMatch(required ? /Required\./ : /Default|API key/);
  }
});

test('it is enough to fill in the required ones', () => {
  const required = environment(() => false);
  expect(() => readWorkerConfig(required)).not.toThrow();
  expect(() => readServerConfig(required)).not.toThrow();
  for (const name of Object.keys(required)) {
    const { [name]: left, ...rest } = required;
    expect(left).not.toBe('');
    const bothRead = (): void => {
      readWorkerConfig(rest);
      readServerConfig(rest);
    };
    expect(bothRead).toThrow(name);
  }
});

test('the values that are commented out are the defaults', () => {
  const notSent = [
    'ESW_DELIVERY_COUNTRY',
    'UPVEST_PRIVATE_KEY_PASSPHRASE',
    'ESW_CHANNEL_ID',
    'POLICY_CANCEL_IF_NEW_AFTER',
    'POLICY_RESUBMIT_REASONS',
  ];
  const given = environment(({ name }) => !notSent.includes(name));
  const required = environment(() => false);
  // Key objects do not compare; as JSON they are all the same.
  const comparable = (config: unknown): unknown => JSON.parse(JSON.stringify(config));
  expect(comparable(readWorkerConfig(given))).toEqual(comparable(readWorkerConfig(required)));
  expect(comparable(readServerConfig(given))).toEqual(comparable(readServerConfig(required)));
});
