/** Logs, stored failures and problem answers contain no secrets and no personal data, whatever goes wrong. */
import { randomUUID } from 'node:crypto';
import { Runtime, type NativeConnection } from '@temporalio/worker';
import { startStack, type Stack } from '../../demo/stack';
import { startServer } from '../../src/start-server';
import { connectClient } from '../../src/temporal/client';
import { freePort } from '../../src/lib/free-port';
import { connectWorker } from '../../src/temporal/worker-client';
import { startMigratedDatabase, type TestDatabase } from '../support/records';
import { call, FAST_PACE, finished, newRequest, show, submit, until } from '../support/stack';
import { closeTemporal, testBundle, testTarget, uniqueName } from '../support/temporal';
import { execution, order as childOrder, portfolioOrder } from '../upvest/webhooks/event-fixture';
import {
  captureOutput,
  failuresOf,
  gistOf,
  tapWires,
  type Output,
  type Wires,
} from '../http/no-secrets-capture';
import { deliver, newEvent, startInterceptor, type Interceptor } from '../http/webhooks';

let output: Output;
let wires: Wires;
let connection: NativeConnection;
let database: TestDatabase;
let stack: Stack;
let interceptor: Interceptor;
/** People, and tokens that callers made up. */
const userIds = new Set<string>();
const wrongTokens: string[] = [];
const problems: string[] = [];
let failures: string[] = [];

beforeAll(async () => {
  output = captureOutput();
  wires = tapWires();
  ({ connection } = await connectWorker(testTarget()));
  database = await startMigratedDatabase();
  stack = await startStack({
    temporal: testTarget(),
    connection,
    bundlePath: testBundle().codePath,
    logger: output.logger,
    queueSuffix: uniqueName(''),
    httpPort: 0,
    databaseUrl: database.url,
    upvest: { pace: FAST_PACE },
    policies: { placedGraceMs: 2_000, predecessorGraceMs: 2_000 },
  });
  interceptor = await startInterceptor(stack);
  for (const story of [happy, refused, unauthorised, badWebhooks, parked, outages, callers, eswRefuses]) {
    await story();
    stack.upvest.control.clearFaults();
  }
  const queues = [stack.config.orderTaskQueue, stack.config.order.brokerTaskQueue];
  failures = (await Promise.all(queues.map((queue) => failuresOf(stack.client, queue)))).flat();
  // One story waits 30 s, as long as a paused placement does.
}, 180_000);
afterAll(async () => {
  await interceptor.close();
  await stack.stop();
  await database.stop();
  await connection.close();
  await Runtime.instance().shutdown();
  await closeTemporal();
  wires.stop();
  output.stop();
});

function person(): string {
  const userId = randomUUID();
  userIds.add(userId);
  return userId;
}

const order = () => newRequest({ userId: person() });

async function ask(
  ...[method, path, options]: [...Parameters<typeof call>] extends [unknown, ...infer R] ? R : never
): Promise<void> {
  const { status, body } = await call(stack, method, path, options);
  if (status >= 400) problems.push(JSON.stringify(body));
}

async function happy(): Promise<void> {
  await finished(stack, await submit(stack, order()));
}

async function refused(): Promise<void> {
  const posts = { method: 'POST', path: '/portfolios/orders' };
  for (const outcome of [422, 400] as const) {
    stack.upvest.control.failCalls({ ...posts, outcome });
    const reference = await submit(stack, order());
    await until('the refusal', async () => (await show(stack, reference)).phase === 'REFUSED');
  }
  stack.upvest.control.failCalls({ ...posts, outcome: 403 });
  const paused = await submit(stack, order());
  await until('the pause', async () => (await show(stack, paused)).placement?.stopped?.flagged);
  for (const fault of [{ outcome: 'reset' }, { outcome: 502 }, { outcome: 429 }] as const) {
    stack.upvest.control.failCalls({ ...posts, ...fault });
    await finished(stack, await submit(stack, order()));
  }
  await finished(stack, paused);
}

async function unauthorised(): Promise<void> {
  stack.upvest.control.expireTokens();
  stack.esw.control.expireTokens();
  stack.upvest.control.failCalls({ path: '/auth/token', outcome: 401 });
  stack.esw.control.addFault({ kind: '401' });
  await finished(stack, await submit(stack, order()));
}

function personal(object: object): object {
  return { ...object, user_id: person(), id: randomUUID() };
}

async function badWebhooks(): Promise<void> {
  const { control } = stack.upvest;
  const events = () => [newEvent('ORDER.NEW', personal(childOrder))];
  for (const tamper of [{ signature: 'corrupt' }, { digest: 'corrupt' }, { keyId: randomUUID() }] as const) {
    const { status, body } = await control.sendRaw({ events: events(), tamper });
    expect(status).toBe(401);
    problems.push(body);
  }
  const url = `${stack.url}${stack.config.http.webhookPath}`;
  const sealed = await interceptor.seal(events());
  expect((await deliver(url, sealed)).status).toBe(200);
  const { signature = '', ...headers } = sealed.headers;
  const input = headers['signature-input'] ?? '';
  for (const spoilt of [
    headers,
    { ...headers, signature: signature.replaceAll(':', '') },
    { ...headers, signature, 'signature-input': input.slice(0, -1) },
    { ...headers, signature, 'signature-input': input.replace('sig1', 'sig2') },
    { ...headers, signature, 'signature-input': input.replace('"@path" ', '') },
    { ...headers, signature, 'signature-input': input.replace('@path', '@odd') },
  ]) {
    const answer = await deliver(url, { ...sealed, headers: spoilt });
    expect(answer.status).toBe(401);
    problems.push(JSON.stringify(answer.body));
  }
}

async function parked(): Promise<void> {
  const events = [
    newEvent('PORTFOLIO_ORDER.NEW', { ...personal(portfolioOrder), status: 5 }),
    newEvent('UNKNOWN.TYPE', personal({})),
    newEvent('EXECUTION.FILLED', { ...personal(execution), order_id: randomUUID() }),
    newEvent('ORDER.NEW', { ...personal(childOrder), client_reference: '' }),
    personal({}),
  ];
  const { control } = stack.upvest;
  expect(await control.sendRaw({ events })).toMatchObject({ status: 200 });
  const body = `{"payload":[{"user_id":"${person()}"`;
  expect(await control.sendRaw({ body })).toMatchObject({ status: 200 });
}

async function outages(): Promise<void> {
  const { control } = stack.upvest;
  const sealed = await interceptor.seal([newEvent('ORDER.NEW', personal(childOrder))]);
  control.setOutage(true);
  const config = { ...stack.config, http: { ...stack.config.http, port: 0 } };
  const keyless = await startServer(config, stack.client, output.logger);
  const answer = await deliver(`${keyless.url}${config.http.webhookPath}`, sealed);
  expect(answer.status).toBe(503);
  problems.push(JSON.stringify(answer.body));
  await keyless.stop();
  const reference = await submit(stack, order());
  const stray = newEvent('EXECUTION.FILLED', { ...personal(execution), order_id: randomUUID() });
  expect(await control.sendRaw({ events: [stray] })).toMatchObject({ status: 200 });
  await until(
    'a failed try',
    async () => (await failuresOf(stack.client, stack.config.orderTaskQueue)).length > 0,
  );
  control.setOutage(false);
  await finished(stack, reference);

  const away = connectClient({ ...testTarget(), address: `127.0.0.1:${await freePort()}` });
  const server = await startServer(config, away, output.logger);
  const { status, body } = await call(server, 'POST', '/portfolio-orders', {
    token: stack.tokens.submit,
    json: order(),
  });
  expect(status).toBe(503);
  problems.push(JSON.stringify(body));
  await server.stop();
  await away.connection.close();
}

async function callers(): Promise<void> {
  const { submit: trader, read: reader } = stack.tokens;
  for (const authorization of ['Bearer', 'Basic']) {
    const token = `wrong-${randomUUID()}`;
    wrongTokens.push(token);
    await ask('POST', '/portfolio-orders', {
      json: order(),
      headers: { authorization: `${authorization} ${token}` },
    });
    await ask('GET', `/nowhere?access_token=${token}`, { token: reader });
  }
  await ask('POST', '/portfolio-orders', { token: reader, json: order() });
  await ask('POST', '/portfolio-orders', {
    token: trader,
    json: { ...order(), side: 'HOLD', cashAmount: '-1' },
  });
  await ask('POST', '/portfolio-orders', { token: trader, json: newRequest({ userId: `${person()}x` }) });
  for (const body of [
    `{"userId":"${person()}" oops`,
    `"${person()}"`,
    `{"__proto__":{"userId":"${person()}"}}`,
  ])
    await ask('POST', '/portfolio-orders', { token: trader, body });
  const known = order();
  await submit(stack, known);
  await ask('POST', '/portfolio-orders', { token: trader, json: { ...known, userId: person() } });
  await finished(stack, known.reference);
}

async function eswRefuses(): Promise<void> {
  stack.esw.control.addFault({ kind: '400', match: { status: 'Confirmed' } });
  stack.esw.control.addFault({ kind: '500', match: { status: 'Fulfilled' } });
  stack.esw.control.addFault({ kind: 'reset', match: { status: 'Settled' } });
  const reference = await submit(stack, order());
  await until(
    'the refusal',
    async () => (await show(stack, reference)).order?.fulfillment.accepted.length === 3,
  );
}

describe.each([
  ['logs and output', () => output.printed, 100],
  ['failures in histories', () => failures, 5],
  ['problem documents', () => problems, 15],
])('%s', (_where, lines, atLeast) => {
  it('were collected', () => {
    expect(lines().length).toBeGreaterThanOrEqual(atLeast);
  });

  it.each<[string, () => Iterable<string>, number]>([
    ['client secret', () => [stack.config.upvest.clientSecret, stack.config.esw.clientSecret], 1],
    [
      'access or API token',
      () => [...wires.secrets['access token'], ...Object.values(stack.tokens), ...wrongTokens],
      10,
    ],
    ['signature', () => wires.secrets.signature, 50],
    ['nonce', () => wires.secrets.nonce, 50],
    ['private key', keyMaterial, 3],
    ['user id', () => userIds, 20],
  ])('contain no %s', (_what, secrets, known) => {
    const gists = [...new Set([...secrets()].map(gistOf))];
    expect(gists.length).toBeGreaterThanOrEqual(known);
    expect(lines().filter((line) => gists.some((gist) => line.includes(gist)))).toEqual([]);
  });
});

it('what was collected comes from the server, the worker and Temporal’s core', () => {
  const all = output.printed.join('\n');
  for (const said of ['webhook accepted', 'webhook rejected', 'request rejected', 'request failed'])
    expect(all).toContain(said);
  for (const said of ['Activity failed', 'Workflow completed', 'New WFT']) expect(all).toContain(said);
});

/** The key in every form in which it could be printed: lines of the PEM file, and the number itself. */
function keyMaterial(): string[] {
  const { privateKey } = stack.config.upvest;
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const { d = '' } = privateKey.export({ format: 'jwk' });
  const number = Buffer.from(d, 'base64url');
  return [
    ...pem.split('\n').filter((line) => line.length > 40),
    d,
    number.toString('hex'),
    number.toString('base64'),
  ];
}
