/** The client script's `webhook` commands, against the Upvest simulator and an endpoint with scripted answers. */
import { createPublicKey, randomUUID } from 'node:crypto';
import { startUpvestSimulator, type UpvestSimulator } from '../../simulators/upvest';
import { createUpvestClient, type UpvestClient } from '../../src/upvest/client/client';
import { loadPrivateKey } from '../../src/upvest/client/private-key';
import { keyPem, required, temporaryFiles, type Environment } from '../config/environment';
import type { HttpStub } from '../upvest/client/http-stub';
import { startStub } from '../upvest/client/http-stub';
import { runInProcess } from './in-process';
import type { Ended } from './processes';

const CATEGORIES = [
  ...['PORTFOLIO_ORDER', 'ORDER', 'EXECUTION', 'ORDER_CANCELLATION'],
  'REBALANCING_EXECUTION_ORDER',
];

const files = temporaryFiles();
let upvest: UpvestSimulator;
let client: UpvestClient;
let environment: Environment;
/** Where the webhooks lead. */
let endpoint: HttpStub;
let answer: { status: number; body: string };

beforeAll(async () => {
  const pem = keyPem();
  const { common, server } = required(files);
  const clientId = common.UPVEST_CLIENT_ID ?? '';
  const [keyId, clientSecret] = [randomUUID(), 'S3cret'];
  const publicKey = createPublicKey(pem).export({ type: 'spki', format: 'pem' }).toString();
  upvest = await startUpvestSimulator({ clientId, clientSecret, clientKeys: [{ keyId, publicKey }] });
  client = createUpvestClient({
    baseUrl: upvest.url,
    clientId,
    clientSecret,
    keyId,
    privateKey: loadPrivateKey(pem),
  });
  environment = {
    ...common,
    ...server,
    UPVEST_BASE_URL: upvest.url,
    UPVEST_CLIENT_SECRET: clientSecret,
    UPVEST_KEY_ID: keyId,
    UPVEST_PRIVATE_KEY_FILE: files.write('upvest.pem', pem),
  };
  endpoint = await startStub((response) => {
    response.writeHead(answer.status).end(answer.body);
  });
});
beforeEach(async () => {
  answer = { status: 200, body: '' };
  for (const { id } of await client.listWebhooks()) await client.deleteWebhook(id);
  endpoint.arrived.splice(0);
});
afterAll(async () => {
  await endpoint.close();
  await client.close();
  await upvest.close();
  files.remove();
});

const webhook = (args: string[], changes: Environment = {}): Promise<Ended> =>
  runInProcess(['webhook', ...args], { ...environment, ...changes });

describe('register', () => {
  it('creates a webhook with all that we need, enables and tests it', async () => {
    const ended = await webhook(['register', endpoint.url]);
    const [created, ...others] = await client.listWebhooks();
    expect(others).toEqual([]);
    expect(created).toMatchObject({ url: endpoint.url, enabled: true, type: CATEGORIES });
    expect(created?.title).toMatch(/^[a-zA-Z0-9 ()[\]{}.-]{1,32}$/);
    expect(ended).toEqual({
      code: 0,
      stdout:
        `Webhook ${created?.id ?? ''} sends ${CATEGORIES.join(', ')} to ${endpoint.url}.\n` +
        'Requests leave after 1s at the latest, and have up to 51200 bytes.\n' +
        "The server answered 200 to Upvest's test event.\n",
      stderr: '',
    });
    expect(endpoint.arrived).toMatchObject([{ method: 'POST', url: '/' }]);
  });

  it('keeps the one that is there, also when its URL is written in another way', async () => {
    const first = await webhook(['register', endpoint.url]);
    const second = await webhook(['register', `${endpoint.url}/`]);
    expect([first.code, second.code]).toEqual([0, 0]);
    expect(await client.listWebhooks()).toHaveLength(1);
  });

  it('adds the categories that one lacks, and keeps its other ones', async () => {
    const there = await client.createWebhook({ title: 't', url: endpoint.url, types: ['USER', 'ORDER'] });
    expect(await webhook(['register', endpoint.url])).toMatchObject({ code: 0, stderr: '' });
    const lacking = CATEGORIES.filter((category) => category !== 'ORDER');
    expect(await client.listWebhooks()).toMatchObject([
      { id: there.id, title: 't', enabled: true, type: ['USER', 'ORDER', ...lacking] },
    ]);
  });

  it('leaves one for ALL events as it is', async () => {
    await client.createWebhook({ title: 't', url: endpoint.url, types: ['ALL'] });
    expect(await webhook(['register', endpoint.url])).toMatchObject({ code: 0 });
    expect(await client.listWebhooks()).toMatchObject([{ enabled: true, type: ['ALL'] }]);
  });

  it('takes the enabled one of two: a second one would bring everything twice', async () => {
    const types = CATEGORIES;
    const idle = await client.createWebhook({ title: 'idle', url: endpoint.url, types });
    const busy = await client.createWebhook({ title: 'busy', url: endpoint.url, types });
    await client.enableWebhook(busy.id);
    const { stdout } = await webhook(['register', endpoint.url]);
    expect(stdout).toContain(busy.id);
    await expect(client.readWebhook(idle.id)).resolves.toMatchObject({ enabled: false });
  });

  describe('batching', () => {
    it('is what is requested, and stands in the answer', async () => {
      const { stdout } = await webhook([
        'register',
        endpoint.url,
        '--delay',
        '30s',
        '--max-package-size',
        '100',
      ]);
      expect(await client.listWebhooks()).toMatchObject([
        { config: { delay: '30s', max_package_size: 100 } },
      ]);
      expect(stdout).toContain('Requests leave after 30s at the latest, and have up to 100 bytes.\n');
    });

    it.each([
      ['--delay', '0s', /from 1s to 30s/],
      ['--delay', '31s', /from 1s to 30s/],
      ['--delay', '1m', /from 1s to 30s/],
      ['--delay', '5', /from 1s to 30s/],
      ['--max-package-size', '99', /from 100 to 1048576/],
      ['--max-package-size', '1048577', /from 100 to 1048576/],
      ['--max-package-size', '1e3', /from 100 to 1048576/],
      ['--max-package-size', '50KiB', /from 100 to 1048576/],
    ])('%s %s ends with 2 and the range, before Upvest is asked', async (option, value, message) => {
      const { code, stdout, stderr } = await webhook(['register', endpoint.url, option, value]);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toMatch(message);
      expect(await client.listWebhooks()).toEqual([]);
    });
  });

  it('ends with 1 when the endpoint refuses the test event, and says what it answered', async () => {
    answer = { status: 404, body: 'nothing here' };
    const { code, stdout, stderr } = await webhook(['register', endpoint.url]);
    expect({ code, lines: stdout.split('\n').length }).toEqual({ code: 1, lines: 3 });
    expect(stderr).toMatch(/answered 404 to Upvest's test event.*nothing here/);
    expect(await client.listWebhooks()).toMatchObject([{ enabled: true }]);
  });

  it.each([
    ['http', 'http://hooks.example.com/webhooks/upvest', /over https only.*https:\/\/<host>/],
    ['an IP host', 'https://192.0.2.7/webhooks/upvest', /DNS names only.*192\.0\.2\.7/],
    ['no URL', 'hooks.example.com/webhooks/upvest', /is not a URL/],
  ])('%s ends with 2 and what to do, before Upvest is asked', async (_what, url, message) => {
    const { code, stdout, stderr } = await webhook(['register', url]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(await client.listWebhooks()).toEqual([]);
  });

  it('an address of this machine ends with 2 at the real Upvest, which is reached by https', async () => {
    const real = { UPVEST_BASE_URL: 'https://upvest.invalid' };
    const { code, stderr } = await webhook(['register', endpoint.url], real);
    expect(code).toBe(2);
    expect(stderr).toContain('https://<host>/webhooks/upvest');
  });

  it('ends with 1 and all that is missing, without the configuration of the server', async () => {
    const { code, stdout, stderr } = await runInProcess(['webhook', 'register', endpoint.url]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('  - UPVEST_BASE_URL is missing\n');
    expect(stderr).toContain('  - API_TOKENS_FILE is missing\n');
  });
});

describe('list', () => {
  it('shows every webhook in a table', async () => {
    const one = await client.createWebhook({ title: 'one', url: 'https://one.example/', types: ['ORDER'] });
    const two = await client.createWebhook({
      title: 'two',
      url: 'https://two.example/',
      types: ['ALL'],
      delay: '5s',
      maxPackageSize: 100,
    });
    await client.enableWebhook(two.id);
    const { code, stdout, stderr } = await webhook(['list']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const rows = stdout.split('\n').filter((line) => line.includes('.example'));
    expect(rows.map((row) => row.split('│').map((cell) => cell.trim()))).toEqual([
      ['', one.id, 'no', 'https://one.example/', 'ORDER', '', '', 'one', ''],
      ['', two.id, 'yes', 'https://two.example/', 'ALL', '5s', '100', 'two', ''],
    ]);
  });

  it('with --json prints JSON', async () => {
    const created = await client.createWebhook({
      title: 'one',
      url: 'https://one.example/',
      types: ['ORDER'],
    });
    const { code, stdout } = await webhook(['list', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual([created]);
  });

  it('says what to do when there is none; as JSON that is an empty list', async () => {
    const [table, asJson] = await Promise.all([webhook(['list']), webhook(['list', '--json'])]);
    expect(table.stdout).toContain('portfolio-orders webhook register');
    expect(JSON.parse(asJson.stdout)).toEqual([]);
  });
});

it('register, test and delete print JSON where that is wanted', async () => {
  const registered = await webhook(['register', endpoint.url, '--json']);
  expect(registered).toMatchObject({ code: 0, stderr: '' });
  const { webhook: subscribed, test } = JSON.parse(registered.stdout) as {
    webhook: { id: string };
    test: object;
  };
  expect(await client.listWebhooks()).toEqual([subscribed]);
  const tested = await webhook(['test', subscribed.id, '--json']);
  expect(JSON.parse(tested.stdout)).toEqual(test);
  answer = { status: 500, body: '' };
  const failed = await webhook(['test', subscribed.id, '--json']);
  expect(failed).toMatchObject({ code: 1, stderr: expect.stringContaining('500') as string });
  expect(JSON.parse(failed.stdout)).toMatchObject({ response: { status: 500 } });
  const deleted = await webhook(['delete', subscribed.id, '--json']);
  expect(JSON.parse(deleted.stdout)).toEqual(subscribed);
});

describe('test', () => {
  it('has Upvest send a test event, to a webhook by its id or URL', async () => {
    const { id } = await client.createWebhook({ title: 't', url: endpoint.url, types: ['ORDER'] });
    for (const name of [id, endpoint.url]) {
      const stdout = "The server answered 200 to Upvest's test event.\n";
      expect(await webhook(['test', name])).toEqual({ code: 0, stdout, stderr: '' });
    }
    expect(endpoint.arrived).toHaveLength(2);
  });

  it('ends with 1 and the answer when that is no success', async () => {
    answer = { status: 401, body: 'bad signature' };
    const { id } = await client.createWebhook({ title: 't', url: endpoint.url, types: ['ORDER'] });
    const { code, stdout, stderr } = await webhook(['test', id]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/answered 401 to Upvest's test event.*bad signature/);
  });
});

describe('delete', () => {
  it.each(['id', 'url'] as const)('deletes a webhook by its %s, and says which', async (name) => {
    const created = await client.createWebhook({ title: 'old', url: endpoint.url, types: ['ORDER'] });
    const kept = await client.createWebhook({ title: 'new', url: 'https://new.example/', types: ['ORDER'] });
    expect(await webhook(['delete', created[name]])).toEqual({
      code: 0,
      stdout: `Deleted webhook ${created.id} (old), which sent to ${endpoint.url}.\n`,
      stderr: '',
    });
    expect(await client.listWebhooks()).toMatchObject([{ id: kept.id }]);
  });

  it('ends with 1 and the ids when two have the URL', async () => {
    const create = { title: 't', url: endpoint.url, types: ['ORDER'] };
    const ids = [(await client.createWebhook(create)).id, (await client.createWebhook(create)).id];
    const { code, stdout, stderr } = await webhook(['delete', endpoint.url]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    for (const id of ids) expect(stderr).toContain(id);
    expect(await client.listWebhooks()).toHaveLength(2);
  });
});

it.each([
  ['test', 'a8eb3540-5a84-40f9-b2bb-7f99f282fc5a'],
  ['delete', 'a8eb3540-5a84-40f9-b2bb-7f99f282fc5a'],
  ['delete', 'https://nowhere.example/'],
  ['delete', '..'],
])('%s of an unknown webhook (%s) ends with 1 and says how to find one', async (command, name) => {
  const { code, stdout, stderr } = await webhook([command, name]);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toBe(
    `Upvest has no webhook with the id or URL ${name}. List them with: portfolio-orders webhook list\n`,
  );
});

it.each([
  ['register', []],
  ['test', []],
  ['delete', []],
  ['list', ['extra']],
  ['forget', []],
])('%s %j is wrong usage and ends with 2', async (command, args) => {
  expect(await webhook([command, ...args])).toMatchObject({ code: 2, stdout: '' });
});

it('a wrong secret ends with 1, and is not repeated', async () => {
  const { code, stdout, stderr } = await webhook(['list'], { UPVEST_CLIENT_SECRET: 'Wrong-1' });
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toContain('401');
  expect(stderr).not.toContain('Wrong-1');
});
