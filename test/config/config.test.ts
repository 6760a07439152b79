import { spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ConfigurationError, readServerConfig, readWorkerConfig } from '../../src/config';

const directory = mkdtempSync(join(tmpdir(), 'portfolio-order-coordinator-config-'));
afterAll(() => {
  rmSync(directory, { recursive: true });
});

function file(name: string, content: string): string {
  const path = join(directory, name);
  writeFileSync(path, content);
  return path;
}

function keyFile(namedCurve: string): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve });
  return file(`${namedCurve}.pem`, privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
}

const sha256 = 'a'.repeat(64);
const complete = {
  UPVEST_BASE_URL: 'https://sandbox.upvest.co',
  UPVEST_CLIENT_ID: '2f1c0a94-6b7e-4e0d-8f51-3c9d2b7a6e10',
  UPVEST_CLIENT_SECRET: 'upvest-secret',
  UPVEST_KEY_ID: 'key-1',
  UPVEST_PRIVATE_KEY_FILE: keyFile('secp521r1'),
  ESW_TENANT_CODE: 'PFOLIO',
  ESW_BASE_URL: 'https://esw.example',
  ESW_TOKEN_URL: 'https://sts.example/connect/token',
  ESW_CLIENT_ID: 'PFOLIO.coordinator',
  ESW_CLIENT_SECRET: 'esw-secret',
  ESW_SCOPE: 'scope',
  API_TOKENS_FILE: file('tokens.json', JSON.stringify([{ name: 'me', role: 'submit', sha256 }])),
};

function problemsOf(read: () => unknown): string[] {
  try {
    read();
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
  return [];
}

describe('a complete configuration', () => {
  it('has the documented defaults', () => {
    const { order, orderTaskQueue, upvest } = readWorkerConfig(complete);
    expect(orderTaskQueue).toBe('portfolio-orders');
    expect(order.brokerTaskQueue).toBe('upvest');
    expect(order.policies).toEqual({
      placedGraceMs: 60_000,
      predecessorGraceMs: 30_000,
      historyEventsPerRun: 1200,
    });
    expect(order.emission).toEqual({ tenantCode: 'PFOLIO', actor: 'portfolio-order-coordinator' });
    expect(upvest.requestsPerSecond).toBe(100);
    expect(readServerConfig(complete).http).toEqual({
      host: '127.0.0.1',
      port: 3000,
      webhookPath: '/webhooks/upvest',
      signatureExpiry: 'warn',
      tokens: [{ name: 'me', role: 'submit', sha256 }],
    });
  });

  it('starts orders with the same settings from worker and server', () => {
    const changed = {
      ...complete,
      POLICY_PLACED_GRACE: '5s',
      ESW_DELIVERY_COUNTRY: 'DE',
      UPVEST_TASK_QUEUE: 'u',
    };
    expect(readWorkerConfig(changed).order).toEqual(readServerConfig(changed).order);
  });

  it.each([
    ['500ms', 500],
    ['60s', 60_000],
    ['15m', 900_000],
    ['2h', 7_200_000],
    ['1d', 86_400_000],
  ])('reads the duration %s as %d ms', (text, ms) => {
    expect(readWorkerConfig({ ...complete, POLICY_PLACED_GRACE: text }).order.policies.placedGraceMs).toBe(
      ms,
    );
  });

  it('takes an empty variable as absent', () => {
    expect(readServerConfig({ ...complete, HTTP_PORT: '', ESW_CHANNEL_ID: '' }).http.port).toBe(3000);
    expect(problemsOf(() => readServerConfig({ ...complete, ESW_TENANT_CODE: '' }))).toEqual([
      'ESW_TENANT_CODE is missing',
    ]);
  });
});

describe('an unusable configuration', () => {
  it('names everything that is missing at once', () => {
    const needed = [
      'UPVEST_BASE_URL',
      'UPVEST_CLIENT_ID',
      'UPVEST_CLIENT_SECRET',
      'UPVEST_KEY_ID',
      'UPVEST_PRIVATE_KEY_FILE',
      'ESW_TENANT_CODE',
    ];
    const ofWorker = ['ESW_BASE_URL', 'ESW_TOKEN_URL', 'ESW_CLIENT_ID', 'ESW_CLIENT_SECRET', 'ESW_SCOPE'];
    const missing = (names: string[]) => names.map((name) => `${name} is missing`).sort();
    expect(problemsOf(() => readWorkerConfig({})).sort()).toEqual(missing([...needed, ...ofWorker]));
    expect(problemsOf(() => readServerConfig({})).sort()).toEqual(missing([...needed, 'API_TOKENS_FILE']));
  });

  it.each([
    ['UPVEST_BASE_URL', 'sandbox.upvest.co', 'must be an http(s) URL'],
    ['UPVEST_BASE_URL', 'ftp://x', 'must be an http(s) URL'],
    ['UPVEST_CLIENT_ID', 'me', 'must be a UUID'],
    ['UPVEST_REQUESTS_PER_SECOND', '301', 'must be a whole number from 1 to 300'],
    ['UPVEST_REQUESTS_PER_SECOND', '1.5', 'must be a whole number from 1 to 300'],
    ['ESW_DELIVERY_COUNTRY', 'Germany', 'must be an ISO 3166-1 alpha-2 code'],
    ['ESW_EVENT_DETAIL', 'orders', 'must be portfolio'],
    ['POLICY_PLACED_GRACE', '60', 'must be a duration'],
    ['POLICY_PREDECESSOR_GRACE', '-1s', 'must be a duration'],
    ['POLICY_HISTORY_EVENTS_PER_RUN', '10', 'must be a whole number from 50 to 10000'],
    ['HTTP_PORT', '65536', 'must be a whole number from 0 to 65535'],
    ['WEBHOOK_PATH', 'webhooks', 'must start with /'],
    ['WEBHOOK_SIGNATURE_EXPIRY', 'ignore', 'WEBHOOK_SIGNATURE_EXPIRY'],
  ])('%s=%s is refused', (name, value, message) => {
    const problems = problemsOf(() => readServerConfig({ ...complete, [name]: value }));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(name);
    expect(problems[0]).toContain(message);
  });

  it.each([
    ['UPVEST_PRIVATE_KEY_FILE', join(directory, 'absent.pem'), 'ENOENT'],
    ['UPVEST_PRIVATE_KEY_FILE', keyFile('prime256v1'), 'openssl'],
    ['UPVEST_PRIVATE_KEY_FILE', file('no.pem', 'no key'), 'openssl'],
    ['API_TOKENS_FILE', join(directory, 'absent.json'), 'ENOENT'],
    ['API_TOKENS_FILE', file('broken.json', '[{'), 'JSON'],
    ['API_TOKENS_FILE', file('empty.json', '[]'), 'at least one token'],
    ['API_TOKENS_FILE', file('role.json', JSON.stringify([{ name: 'x', role: 'admin', sha256 }])), '0.role'],
    [
      'API_TOKENS_FILE',
      file('hash.json', JSON.stringify([{ name: 'x', role: 'read', sha256: 'abc' }])),
      '0.sha256',
    ],
  ])('%s=%s is refused with the reason', (name, path, reason) => {
    const problems = problemsOf(() => readServerConfig({ ...complete, [name]: path }));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(name);
    expect(problems[0]).toContain(reason);
  });

  it('lists problems of values and files together, and never prints a secret', () => {
    const secret = 'do-not-print-me';
    const problems = problemsOf(() =>
      readWorkerConfig({
        ...complete,
        UPVEST_CLIENT_SECRET: secret,
        ESW_CLIENT_SECRET: secret,
        UPVEST_PRIVATE_KEY_PASSPHRASE: secret,
        UPVEST_PRIVATE_KEY_FILE: file('secret.pem', secret),
        ESW_TOKEN_URL: 'x',
        POLICY_PLACED_GRACE: 'soon',
      }),
    );
    expect(problems).toHaveLength(3);
    expect(problems.join('\n')).not.toContain(secret);
  });
});

it.each(['worker', 'server'])('the %s process stops with 1 and prints the list', (name) => {
  const script = resolve(__dirname, `../../dist/src/${name}.js`);
  const { status, stderr } = spawnSync(process.execPath, [script], {
    env: { PATH: process.env.PATH },
    encoding: 'utf8',
  });
  expect(stderr).toContain('The configuration is unusable');
  expect(stderr).toContain('  - UPVEST_KEY_ID is missing');
  expect(stderr.split('\n').filter((line) => line.startsWith('  - ')).length).toBeGreaterThan(6);
  expect(stderr).not.toContain('    at ');
  expect(status).toBe(1);
});
