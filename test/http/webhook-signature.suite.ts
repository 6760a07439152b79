/** Who may send webhooks: only Upvest, only what it signed, and nothing of anybody else's gets further than the door. */
import { randomUUID } from 'node:crypto';
import type { Stack } from '../../demo/stack';
import { finished, submit } from '../support/stack';
import { recordOf, truthOf } from '../support/truth';
import { accountId, portfolioOrder } from '../upvest/webhooks/event-fixture';
import { v6Digest } from '../upvest/webhooks/webhook-fixture';
import { expectProblem } from './problem';
import {
  deliver,
  exists,
  newEvent,
  parkedId,
  startInterceptor,
  type Interceptor,
  type SealedWebhook,
} from './webhooks';
import { portfolioOrderWorkflowId } from '../../contracts/portfolio-order';

export function webhookSignatureSuite(running: () => Stack): void {
  let stack: Stack;
  let interceptor: Interceptor;
  let url: string;
  beforeAll(async () => {
    stack = running();
    interceptor = await startInterceptor(stack);
    url = `${stack.url}${stack.config.http.webhookPath}`;
  });
  afterAll(async () => {
    await interceptor.close();
  });

  /** An unknown order, and an event that would be parked. */
  function sample(): { id: string; events: { id: string }[] } {
    const id = randomUUID();
    const fresh = newEvent('PORTFOLIO_ORDER.NEW', { ...portfolioOrder, id, status: 'NEW', orders: [] });
    return { id, events: [fresh, newEvent('NOBODY.KNOWS', { id })] };
  }

  async function expectNothingCame({ id, events }: ReturnType<typeof sample>): Promise<void> {
    const ids = [portfolioOrderWorkflowId(id), ...events.map((event) => parkedId(event))];
    expect(await Promise.all(ids.map(exists))).toEqual(ids.map(() => false));
  }

  /** The same request with other headers; undefined takes one away. */
  function withHeaders(sealed: SealedWebhook, headers: Record<string, string | undefined>): SealedWebhook {
    const all = Object.entries({ ...sealed.headers, ...headers });
    return { ...sealed, headers: Object.fromEntries(all.filter(([, value]) => value !== undefined)) };
  }

  /** The same number of bytes, one of them another. */
  function withOtherBody({ headers, body }: SealedWebhook): SealedWebhook {
    const other = Buffer.from(body.toString('utf8').replace(accountId, randomUUID()));
    expect(other).toHaveLength(body.length);
    expect(other.equals(body)).toBe(false);
    return { headers, body: other };
  }

  const without = (component: string) => (sealed: SealedWebhook) =>
    withHeaders(sealed, {
      'signature-input': sealed.headers['signature-input']?.replace(`"${component}"`, '').replace('  ', ' '),
    });

  const ATTACKS: [string, string, (sealed: SealedWebhook) => SealedWebhook][] = [
    ['no signature', 'SIGNATURE_HEADERS_MISSING', (one) => withHeaders(one, { signature: undefined })],
    [
      'no description of its signature',
      'SIGNATURE_HEADERS_MISSING',
      (one) => withHeaders(one, { 'signature-input': undefined }),
    ],
    [
      'headers that are no signature',
      'SIGNATURE_HEADERS_MALFORMED',
      (one) => withHeaders(one, { signature: '?' }),
    ],
    ['a signature that does not cover the method', 'COVERAGE_INSUFFICIENT', without('@method')],
    ['a signature that does not cover the path', 'COVERAGE_INSUFFICIENT', without('@path')],
    ['a signature that does not cover the body', 'COVERAGE_INSUFFICIENT', without('digest')],
    ['a covered header taken away', 'COMPONENT_MISSING', (one) => withHeaders(one, { digest: undefined })],
    ['another body', 'DIGEST_MISMATCH', withOtherBody],
    [
      'another body and its digest',
      'SIGNATURE_MISMATCH',
      (one) => {
        const other = withOtherBody(one);
        return withHeaders(other, { digest: v6Digest(other.body) });
      },
    ],
    [
      'a later expiry than was signed',
      'SIGNATURE_MISMATCH',
      (one) =>
        withHeaders(one, {
          'signature-input': one.headers['signature-input']?.replace(/expires=\d+/, 'expires=9999999999'),
        }),
    ],
  ];

  describe('a webhook', () => {
    it.each(ATTACKS)(
      'with %s is refused (%s), and nothing of it reaches Temporal',
      async (_what, reason, spoil) => {
        const webhook = sample();
        const sealed = await interceptor.seal(webhook.events);
        const problem = expectProblem(await deliver(url, spoil(sealed)), 401, 'SIGNATURE_INVALID');
        expect(problem.detail).toContain(reason);
        await expectNothingCame(webhook);
      },
    );

    it.each([
      ['corrupt signature', 'SIGNATURE_MISMATCH', { signature: 'corrupt' as const }],
      ['digest of another body', 'DIGEST_MISMATCH', { digest: 'corrupt' as const }],
      ['key that Upvest does not list', 'KEY_UNKNOWN', { keyId: randomUUID() }],
    ])('with a %s is refused (%s), and nothing of it reaches Temporal', async (_what, reason, tamper) => {
      const webhook = sample();
      const answer = await stack.upvest.control.sendRaw({ events: webhook.events, tamper });
      expect(answer).toMatchObject({ status: 401, body: expect.stringContaining(reason) as string });
      await expectNothingCame(webhook);
    });

    it('is accepted when it is genuine, and again when it is redelivered', async () => {
      const { id, events } = sample();
      const sealed = await interceptor.seal(events);
      expect(await deliver(url, sealed)).toMatchObject({ status: 200 });
      expect(await exists(portfolioOrderWorkflowId(id))).toBe(true);
      expect(await exists(parkedId(events[1]))).toBe(true);
      expect(await deliver(url, sealed)).toMatchObject({ status: 200 });
    });

    it('that was accepted once is no licence for another one', async () => {
      const sealed = await interceptor.seal(sample().events);
      expect(await deliver(url, sealed)).toMatchObject({ status: 200 });
      expectProblem(await deliver(url, withOtherBody(sealed)), 401, 'SIGNATURE_INVALID');
      const replaced = { ...sealed, body: (await interceptor.seal(sample().events)).body };
      expectProblem(await deliver(url, replaced), 401, 'SIGNATURE_INVALID');
    });

    it('is no webhook at another path or with another method', async () => {
      const sealed = await interceptor.seal(sample().events);
      expectProblem(await deliver(`${url}/`, sealed), 404, 'NOT_FOUND');
      const answer = await fetch(url);
      expect(answer.status).toBe(404);
    });

    it('of more bytes than Temporal could keep is refused unread, and the next one is not', async () => {
      const body = Buffer.alloc(1536 * 1024 + 1, ' ');
      const headers = { 'content-type': 'application/json' };
      expectProblem(await deliver(url, { headers, body }), 413, 'BODY_TOO_LARGE');
      const { id, events } = sample();
      expect(await deliver(url, await interceptor.seal(events))).toMatchObject({ status: 200 });
      expect(await exists(portfolioOrderWorkflowId(id))).toBe(true);
    });

    it('of another content type than JSON is refused', async () => {
      const sealed = await interceptor.seal(sample().events);
      const answer = await deliver(url, withHeaders(sealed, { 'content-type': 'text/plain' }));
      expectProblem(answer, 415, 'UNSUPPORTED_MEDIA_TYPE');
    });
  });

  describe('a new key of Upvest', () => {
    it('is fetched automatically, while signatures of the old one stay valid', async () => {
      const old = await interceptor.seal(sample().events);
      const keyId = stack.upvest.control.rotateWebhookKey();
      const before = stack.upvest.control.deliveries().length;

      expect(await deliver(url, old)).toMatchObject({ status: 200 });
      const reference = await submit(stack);
      const { order } = await finished(stack, reference);
      expect(recordOf(order)).toEqual(truthOf(stack, order.portfolioOrderId));

      // Unknown at first, where strangers made us ask for keys just before: then redelivered, never lost.
      const statuses = stack.upvest.control
        .deliveries()
        .slice(before)
        .map(({ status }) => status);
      expect(statuses.filter((status) => status !== 200 && status !== 401)).toEqual([]);
      const sealed = await interceptor.seal(sample().events);
      expect(sealed.headers['signature-input']).toContain(keyId);
      expect(await deliver(url, sealed)).toMatchObject({ status: 200 });
      expect(await deliver(url, old)).toMatchObject({ status: 200 });
    });
  });
}
