/**
 * The README's "Point it at the real Upvest and ESW", followed step by step in a fresh checkout: the test types its
 * commands, and the simulators replace the partners.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { randomInt, randomUUID } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { startEswSimulator, type EswSimulator } from '../../simulators/esw';
import { startUpvestSimulator, type UpvestSimulator } from '../../simulators/upvest';
import { freePortNear } from '../../src/lib/free-port';
import { findTemporalCli } from '../../tools/temporal-server/temporal-cli';
import { ensureBuilt } from '../cli/processes';
import { newCheckout, type Checkout } from '../support/checkout';
import { FAST_PACE } from '../support/fast-pace';
import { startDatabase, type TestDatabase } from '../support/records';
import { stepsUnder } from '../support/readme';
import { closeTemporal, testClient, testTarget, uniqueName } from '../support/temporal';
import { until } from '../support/until';

const steps = stepsUnder('Point it at the real Upvest and ESW');
/** Commands that run until they are stopped. */
const STAYING = ['npm run worker', 'npm run server'];
const namespace = uniqueName('readme');
const client = { upvest: { id: randomUUID(), secret: 'Upvest-S3cret', keyId: randomUUID() } };
const esw = { id: 'PFOLIO.coordinator', secret: 'Esw-S3cret' };

let checkout: Checkout;
let environment: Record<string, string>;
let url: string;
let database: TestDatabase;
let upvest: UpvestSimulator | undefined;
let eswSimulator: EswSimulator | undefined;
const running: { child: ChildProcess; said: () => string; ended: Promise<unknown> }[] = [];
/** Values for the README's placeholders; the test adds those that it learns on the way. */
let meanings: Record<string, string>;

beforeAll(async () => {
  ensureBuilt();
  checkout = newCheckout();
  database = await startDatabase();
  const { address } = testTarget();
  // Beyond the ports that the system hands out: nothing else takes it before the server does.
  const port = await freePortNear(randomInt(20_000, 30_000));
  url = `http://127.0.0.1:${port}`;
  const temporalCli = await findTemporalCli({ log: () => undefined });
  environment = {
    PATH: [join(checkout.folder, 'bin'), dirname(temporalCli), process.env.PATH ?? ''].join(':'),
    HOME: checkout.folder,
    TEMPORAL_CONFIG_FILE: '/nowhere/temporal.toml',
    npm_config_cache: join(checkout.folder, 'coverage'),
    PORTFOLIO_ORDERS_URL: url,
  };
  meanings = {
    '<host:port>': address,
    '<namespace>': namespace,
    'https://<your host>': url,
    '<user id>': randomUUID(),
    '<account id>': randomUUID(),
  };
}, 240_000);

afterAll(async () => {
  running.forEach(({ child }) => {
    stopGroup(child);
  });
  await Promise.all(running.map(({ ended }) => ended));
  await upvest?.close();
  await eswSimulator?.close();
  await database.stop();
  await testClient().connection.operatorService.deleteNamespace({ namespace });
  await closeTemporal();
  checkout.remove();
}, 120_000);

function stopGroup({ pid, exitCode }: ChildProcess): void {
  if (pid !== undefined && exitCode === null) process.kill(-pid, 'SIGTERM');
}

interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

function spoken(command: string): { child: ChildProcess; text: Ended; ended: Promise<Ended> } {
  // A group of its own: npm and what it starts end together.
  const child = spawn('sh', ['-c', command], { cwd: checkout.folder, env: environment, detached: true });
  const text: Ended = { code: null, stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (chunk: string) => (text[name] += chunk));
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      resolve({ ...text, code });
    });
  });
  return { child, text, ended };
}

/** The commands of a step, as a reader types them. */
function commandsOf(number: number): string[] {
  const { commands = [] } = steps.find((step) => step.number === number) ?? {};
  expect(commands).not.toEqual([]);
  return commands.map(filledIn);
}

function filledIn(command: string): string {
  return Object.entries(meanings).reduce((text, [name, value]) => text.replaceAll(name, value), command);
}

/** Types a command and waits for its end, which is a success. */
async function typed(command: string): Promise<Ended> {
  expect(command).not.toMatch(/<[^>]*>/);
  const ended = await spoken(command).ended;
  expect({ command, ...ended }).toMatchObject({ code: 0 });
  return ended;
}

const permissions = (file: string): string =>
  (statSync(join(checkout.folder, file)).mode & 0o777).toString(8);

test('there are six steps', () => {
  expect(steps.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6]);
});

test('the command is that of the checkout, and prints only its output', async () => {
  const { version } = JSON.parse(readFileSync(join(checkout.folder, 'package.json'), 'utf8')) as {
    version: string;
  };
  expect(await typed('portfolio-orders --version')).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
});

test('1: the key pair, whose public key Upvest gets', async () => {
  const printed: string[] = [];
  for (const command of commandsOf(1)) printed.push((await typed(command)).stdout);
  const { id, secret, keyId } = client.upvest;
  const publicKey = printed.join('');
  expect(publicKey).toMatch(/^-----BEGIN PUBLIC KEY-----/);
  upvest = await startUpvestSimulator({
    clientId: id,
    clientSecret: secret,
    clientKeys: [{ keyId, publicKey }],
    pace: FAST_PACE,
    children: 2,
  });
  eswSimulator = await startEswSimulator({ clientId: esw.id, clientSecret: esw.secret });
  expect(permissions('upvest.key')).toBe('600');
});

test('2: the API token', async () => {
  for (const command of commandsOf(2)) await typed(command);
  expect([permissions('me.token'), permissions('tokens.json')]).toEqual(['600', '600']);
});

test('3: the configuration, the namespace and the tables', async () => {
  const [copy = '', ...others] = commandsOf(3);
  await typed(copy);
  expect(permissions('.env')).toBe('600');
  fillIn({
    UPVEST_BASE_URL: upvest?.url ?? '',
    UPVEST_CLIENT_ID: client.upvest.id,
    UPVEST_CLIENT_SECRET: client.upvest.secret,
    UPVEST_KEY_ID: client.upvest.keyId,
    ESW_TENANT_CODE: 'PFOLIO',
    ESW_BASE_URL: eswSimulator?.url ?? '',
    ESW_TOKEN_URL: `${eswSimulator?.url ?? ''}/connect/token`,
    ESW_CLIENT_ID: esw.id,
    ESW_CLIENT_SECRET: esw.secret,
    TEMPORAL_ADDRESS: testTarget().address,
    TEMPORAL_NAMESPACE: namespace,
    HTTP_PORT: new URL(url).port,
    DATABASE_URL: database.url,
  });
  for (const command of others) await typed(command);
});

/** Edits `.env` like a user: sets the value of each variable, and removes its comment mark. */
function fillIn(values: Record<string, string>): void {
  const file = join(checkout.folder, '.env');
  let text = readFileSync(file, 'utf8');
  for (const [name, value] of Object.entries(values)) {
    const line = new RegExp(`^(# )?${name}=.*$`, 'm');
    expect(text).toMatch(line);
    text = text.replace(line, `${name}=${value}`);
  }
  expect(text.match(/^\w+=$/gm)).toBeNull();
  writeFileSync(file, text);
}

test('4: worker and server, which read .env', async () => {
  const commands = commandsOf(4);
  expect(STAYING.every((command) => commands.includes(command))).toBe(true);
  for (const command of commands) {
    if (!STAYING.includes(command)) {
      await typed(command);
      continue;
    }
    const { child, text, ended } = spoken(command);
    running.push({ child, said: () => text.stderr, ended });
  }
  for (const [index, output] of ['worker is running', 'server is listening'].entries()) {
    const said = (): string => running[index]?.said() ?? '';
    await until(output, () => said().includes(output));
    expect(said()).toContain(`from ${checkout.folder}/.env`);
  }
});

test('5: the webhook, whose test event is discarded', async () => {
  for (const command of commandsOf(5)) {
    if (!command.includes('<id>')) {
      const { stdout } = await typed(command);
      if (command.includes(' register ')) expect(stdout).toContain('The server answered 200');
      continue;
    }
    const list = commandsOf(5).find((one) => one.includes(' parked list ')) ?? '';
    // Lists follow a moment later.
    meanings['<id>'] = await until('the parked event', async () => idIn((await typed(list)).stdout));
    await typed(filledIn(command));
    await until('an empty list', async () => idIn((await typed(list)).stdout) === undefined);
  }
  expect(meanings['<id>']).toBeDefined();
});

const idIn = (table: string): string | undefined => /[\w-]{36}\.[0-9a-f]{16}/.exec(table)?.[0];

test('6: the doctor finds no problems, and the first order settles', async () => {
  const [doctor = '', place = '', ...others] = commandsOf(6);
  expect(others).toEqual([]);
  const looked = await typed(doctor);
  expect(looked.stdout).toMatch(/\nNo check failed; 2 skipped\.\n$/);
  expect(looked.stdout).not.toContain('FAILED');
  expect(looked.stdout).toContain('me has the roles submit, operate');

  const placed = await typed(place);
  expect(placed.stdout.trim().split('\n').at(-1)).toBe('first: SETTLED');
  const atUpvest = upvest?.control.portfolioOrders() ?? [];
  expect(atUpvest).toMatchObject([{ portfolioOrder: { status: 'SETTLED', cash_amount: '10.00' } }]);
  const statuses = eswSimulator?.control.events({ reference: 'first' }).map(({ body }) => body.status);
  expect(statuses).toEqual(['Created', 'Confirmed', 'Fulfilled', 'Settled']);
});

test('Git ignores all files that the steps created', () => {
  expect(checkout.untracked()).toEqual([]);
  writeFileSync(join(checkout.folder, 'notes.txt'), 'Git sees what is not ignored');
  expect(checkout.untracked()).toEqual(['notes.txt']);
});
