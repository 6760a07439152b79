/** Metrics of orders on /metrics: at most one read in ten seconds, and never a failed scrape. */
import type { OrderGauges } from '../../src/app/ports/order-gauges';
import { RecordsUnavailable } from '../../src/app/ports/records-unavailable';
import { createOrderMetrics } from '../../src/telemetry/order-metrics';

const GAUGES: OrderGauges = {
  open: [
    { phase: 'PLACING', orders: 1, oldestOpenedAt: '2026-03-02T09:00:00.000Z' },
    { phase: 'TRACKED', status: 'FILLED', orders: 7, oldestOpenedAt: '2026-03-01T00:00:00.000Z' },
  ],
  attentions: [
    { code: 'MISTRADE', isOpen: true, orders: 2 },
    { code: 'MISTRADE', isOpen: false, orders: 3 },
  ],
  pending: { events: 5, orders: 2, since: '2026-03-02T08:00:00.000Z' },
  failing: [
    { partner: 'esw', orders: 2, since: '2026-03-02T08:00:00.500Z' },
    { partner: 'upvest', orders: 0 },
  ],
};

function metrics(
  orders: () => Promise<OrderGauges>,
  parked = () => Promise.resolve({ LATE: 4, UNROUTED: 0 }),
) {
  const clock = { now: 0 };
  const failures: unknown[] = [];
  const read = createOrderMetrics({
    orders,
    parked,
    onFailure: (error) => failures.push(error),
    now: () => clock.now,
  });
  return { read, clock, failures };
}

const lines = (text: string): string[] =>
  text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));

it('has a line for each count and time', async () => {
  const { read } = metrics(() => Promise.resolve(GAUGES));
  expect(lines(await read())).toEqual([
    'records_database_up 1',
    'orders_open{phase="PLACING",status=""} 1',
    'orders_open{phase="TRACKED",status="FILLED"} 7',
    'orders_open_oldest_timestamp_seconds{phase="PLACING",status=""} 1772442000',
    'orders_open_oldest_timestamp_seconds{phase="TRACKED",status="FILLED"} 1772323200',
    'orders_attention{code="MISTRADE",state="open"} 2',
    'orders_attention{code="MISTRADE",state="finished"} 3',
    'esw_pending_events 5',
    'esw_pending_orders 2',
    'esw_pending_oldest_timestamp_seconds 1772438400',
    'partner_waiting_orders{partner="esw"} 2',
    'partner_waiting_orders{partner="upvest"} 0',
    'partner_failing_since_timestamp_seconds{partner="esw"} 1772438400.5',
    'parked_events_open{reason="LATE"} 4',
    'parked_events_open{reason="UNROUTED"} 0',
  ]);
});

it('has no time where nothing is pending', async () => {
  const { read } = metrics(() => Promise.resolve({ ...GAUGES, pending: { events: 0, orders: 0 } }));
  const text = await read();
  expect(text).toContain('esw_pending_events 0');
  expect(text).not.toContain('esw_pending_oldest');
});

it('reads once in ten seconds, however many scrape', async () => {
  let reads = 0;
  const { read, clock } = metrics(() => {
    reads += 1;
    return Promise.resolve(GAUGES);
  });
  await Promise.all([read(), read(), read()]);
  clock.now = 9_999;
  await read();
  expect(reads).toBe(1);
  clock.now = 10_000;
  await read();
  expect(reads).toBe(2);
});

it('leaves the metrics of orders out while the database is away, and has them again', async () => {
  const away = new RecordsUnavailable();
  let isAway = true;
  const { read, clock, failures } = metrics(() => (isAway ? Promise.reject(away) : Promise.resolve(GAUGES)));
  expect(lines(await read())).toEqual([
    'records_database_up 0',
    'parked_events_open{reason="LATE"} 4',
    'parked_events_open{reason="UNROUTED"} 0',
  ]);
  await read();
  expect(failures).toEqual([away]);
  isAway = false;
  clock.now = 10_000;
  expect(lines(await read())).toContain('esw_pending_events 5');
});

it('leaves parked events out while Temporal is away', async () => {
  const { read } = metrics(
    () => Promise.resolve(GAUGES),
    () => Promise.reject(new Error('away')),
  );
  const text = await read();
  expect(text).toContain('esw_pending_events 5');
  expect(text).not.toContain('parked_events_open');
});

it('answers in time although the database hangs', async () => {
  jest.useFakeTimers();
  try {
    const { read, failures } = metrics(() => new Promise(() => undefined));
    const reading = read();
    await jest.advanceTimersByTimeAsync(3_000);
    expect(lines(await reading)[0]).toBe('records_database_up 0');
    expect(failures).toHaveLength(1);
  } finally {
    jest.useRealTimers();
  }
});
