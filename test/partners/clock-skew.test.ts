import { clockSkewMs, createSkewWarning, describeSkew } from '../../src/partners/clock-skew';
import { createMetrics } from '../../src/telemetry/metrics';
import { json, text } from '../upvest/client/http-stub';
import { placedOrder, startUpvest } from '../upvest/client/upvest-stub';
import { startEsw } from '../esw/esw-stub';
import { outgoing } from '../esw/order-event-fixture';

const at = Date.parse('2026-01-02T09:00:00Z');

test.each<[date: string | undefined, more: object, ahead: number | undefined]>([
  ['Fri, 02 Jan 2026 09:00:00 GMT', {}, 0],
  ['Fri, 02 Jan 2026 08:59:29 GMT', {}, 31_000],
  ['Fri, 02 Jan 2026 09:00:31 GMT', {}, -31_000],
  ['soon', {}, undefined],
  [undefined, {}, undefined],
  // A cache sent it: the time is that of the original answer.
  ['Fri, 02 Jan 2026 08:00:00 GMT', { age: '3600' }, undefined],
])('Date %s %j: our clock is %s ms ahead (14.48)', (date, more, ahead) => {
  const headers = { ...more, ...(date !== undefined && { date }) };
  expect(clockSkewMs(headers, { sentAt: at, receivedAt: at + 1000 })).toBe(ahead);
});

const date = new Date(at).toUTCString();

test('each answer of Upvest says how far our clock is off, also one that rejects the token (14.48)', async () => {
  const skews: number[] = [];
  const clock = { now: () => at + 30_500 };
  const stub = await startUpvest(
    json(200, placedOrder, { date }),
    { clock, onClockSkew: (ms) => skews.push(ms) },
    text(401, '', { date }),
  );
  await stub.client.readPortfolioOrder('1').catch(() => undefined);
  await stub.close();
  expect(skews).toEqual([30_000]);
});

test('so do the token requests to ESW (14.48)', async () => {
  const skews: number[] = [];
  const esw = await startEsw(text(200, ''), {
    token: json(200, { access_token: 'jwt' }, { date }),
    clock: { now: () => at - 29_500 },
    onClockSkew: (ms) => skews.push(ms),
  });
  await esw.client.deliver(outgoing);
  await esw.close();
  expect(skews).toEqual([-30_000]);
});

test('a skewed clock is a warning, once a minute, and a metric (14.48)', async () => {
  const warned: string[] = [];
  let now = 0;
  const warn = createSkewWarning(
    'Upvest',
    (_fields, message) => warned.push(message),
    () => now,
  );
  for (const skew of [4_999, -5_000, 31_000, 31_000]) warn(skew);
  expect(warned).toEqual([
    'The clock of this machine is 31 s ahead of Upvest: synchronise it, or signatures are rejected',
  ]);
  now = 60_000;
  warn(-31_000);
  expect(warned[1]).toContain('31 s behind Upvest');
  expect(describeSkew(400, 'ESW')).toBe('in sync with ESW');
  const metrics = createMetrics({ processName: 'server' });
  metrics.partner('upvest').onClockSkew(-1_500);
  expect((await metrics.expose()).text).toContain('clock_skew_seconds{partner="upvest"} -1.5');
});
