/**
 * Which addresses and which batching a webhook may have (references/upvest.md#webhook-subscriptions). The client script tests what
 * else is done with them.
 */
import type { CreateWebhookRequest, UpdateWebhookRequest } from '../../../src/upvest/client/types';
import type { UpvestWebhook } from '../../../src/upvest/model/schemas';
import {
  addressProblem,
  DEFAULT_BATCHING,
  ensureSubscription,
  isDelay,
  isPackageSize,
  isSameAddress,
} from '../../../src/upvest/webhooks/subscription';

const UPVEST = 'https://sandbox.upvest.co';
const SIMULATOR = 'http://127.0.0.1:4010';
const PUBLIC = 'https://hooks.example.com/webhooks/upvest';

test.each([UPVEST, SIMULATOR])('a public https address is good for %s', (baseUrl) => {
  expect(addressProblem(PUBLIC, baseUrl)).toBeUndefined();
});

describe.each([UPVEST, SIMULATOR])('%s does not take', (baseUrl) => {
  test.each([
    ['http', 'http://hooks.example.com/x', /over https only/],
    ['another scheme', 'ftp://localhost/x', /over https only/],
    ['an IPv4 host', 'https://192.0.2.7/x', /DNS names only/],
    ['an IPv4 host in another notation', 'https://3221225991/x', /DNS names only/],
    ['an IPv6 host', 'https://[2001:db8::1]/x', /DNS names only/],
    ['no scheme', 'hooks.example.com/x', /is not a URL/],
    ['nothing', '', /is not a URL/],
    ['more than 1000 characters', `${PUBLIC}/${'x'.repeat(1000)}`, /at most 1000/],
  ])('%s', (_what, address, problem) => {
    expect(addressProblem(address, baseUrl)).toMatch(problem);
  });
});

test.each([
  'http://127.0.0.1:3000/x',
  'http://127.1.2.3/x',
  'http://localhost:3000/x',
  'http://[::1]:3000/x',
  'https://localhost/x',
  'http://server:3000/x',
])('%s is good for a simulator, and not for Upvest', (address) => {
  expect(addressProblem(address, SIMULATOR)).toBeUndefined();
  expect(addressProblem(address, UPVEST)).toMatch(/https:\/\/<host>\/webhooks\/upvest/);
});

test.each([
  ['https://h.example', 'https://h.example/', true],
  ['https://H.example:443/x', 'https://h.example/x', true],
  ['https://h.example/x', 'https://h.example/y', false],
  ['https://h.example/x', 'http://h.example/x', false],
  ['no url', 'https://h.example/x', false],
])('%s and %s are one address: %s', (one, other, same) => {
  expect(isSameAddress(one, other)).toBe(same);
});

describe('batching', () => {
  /** Upvest with these webhooks, which records what is created and changed. */
  function upvestWith(...webhooks: UpvestWebhook[]) {
    const created: CreateWebhookRequest[] = [];
    const changed: UpdateWebhookRequest[] = [];
    const made: UpvestWebhook = { id: 'new', title: 't', url: PUBLIC, enabled: false, type: ['ALL'] };
    return {
      created,
      changed,
      listWebhooks: () => Promise.resolve(webhooks),
      createWebhook(request: CreateWebhookRequest) {
        created.push(request);
        return Promise.resolve(made);
      },
      updateWebhook(_id: string, change: UpdateWebhookRequest) {
        changed.push(change);
        return Promise.resolve(webhooks[0] ?? made);
      },
    };
  }
  const there = (config?: UpvestWebhook['config']): UpvestWebhook => ({
    ...{ id: 'old', title: 't', url: PUBLIC, enabled: true, type: ['ALL'] },
    config,
  });

  test('of a new webhook is ours where nothing else is requested', async () => {
    const upvest = upvestWith();
    await ensureSubscription(upvest, PUBLIC);
    await ensureSubscription(upvest, PUBLIC, { delay: '30s' });
    await ensureSubscription(upvest, PUBLIC, { maxPackageSize: 100 });
    expect(upvest.created).toMatchObject([
      DEFAULT_BATCHING,
      { ...DEFAULT_BATCHING, delay: '30s' },
      { ...DEFAULT_BATCHING, maxPackageSize: 100 },
    ]);
    expect(isDelay(DEFAULT_BATCHING.delay) && isPackageSize(DEFAULT_BATCHING.maxPackageSize)).toBe(true);
  });

  test.each([
    ['nothing', {}, []],
    ['what it has', { delay: '7s', maxPackageSize: 1_000 }, []],
    ['another delay', { delay: '8s' }, [{ enabled: true, delay: '8s', maxPackageSize: 1_000 }]],
    ['another size', { maxPackageSize: 99_999 }, [{ enabled: true, delay: '7s', maxPackageSize: 99_999 }]],
  ])('of one that is there changes only as requested: %s', async (_what, batching, changes) => {
    const upvest = upvestWith(there({ delay: '7s', max_package_size: 1_000 }));
    await ensureSubscription(upvest, PUBLIC, batching);
    expect(upvest).toMatchObject({ created: [], changed: changes });
  });

  test('that Upvest does not report is set as far as it is requested', async () => {
    const upvest = upvestWith(there());
    await ensureSubscription(upvest, PUBLIC);
    expect(upvest.changed).toEqual([]);
    await ensureSubscription(upvest, PUBLIC, { delay: '2s' });
    expect(upvest.changed).toEqual([{ enabled: true, delay: '2s' }]);
  });

  test('has the limits of the reference', () => {
    const delays = ['0s', '1s', '9s', '10s', '29s', '30s', '31s', '01s', '5', '5m', ''];
    expect(delays.filter(isDelay)).toEqual(['1s', '9s', '10s', '29s', '30s']);
    expect([99, 100, 1_048_576, 1_048_577, 100.5, NaN].filter(isPackageSize)).toEqual([100, 1_048_576]);
  });
});
