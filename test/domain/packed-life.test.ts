/** A life crosses from run to run unharmed, however large it is. */
import { assert, property } from 'fast-check';
import { advance } from '../../src/domain/advance';
import type { Observation } from '../../src/domain/observation';
import {
  drainInbox,
  newLife,
  resumedLife,
  withObservations,
  type OrderLife,
} from '../../src/domain/order-life';
import { packLife, unpackLife } from '../../src/domain/packed-life';
import { live, lives } from './lives';
import {
  at,
  childId,
  execution,
  executionId,
  order,
  PORTFOLIO_ORDER,
  portfolioOrder,
  webhook,
} from './samples';
import { placedLife, policies, T } from './waiting';

const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

/** A number that looks random, from 0 to below 2 ** 32. */
const noise = (n: number): number => Math.imul(n ^ (n >>> 15), 0x9e3779b1) >>> 0;
const uuid = (n: number): string =>
  [noise(n), noise(n + 0x1000000), noise(n + 0x2000000), noise(n + 0x3000000)]
    .map((part) => part.toString(16).padStart(8, '0'))
    .join('')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-4$3-$4-$5')
    .slice(0, 36);

/** Settled, all by webhook, with ids and amounts that compress as badly as real ones. */
function large(children: number, executions: number): OrderLife {
  const told: Observation[] = [];
  for (let n = 1; n <= children; n += 1) {
    const id = uuid(n * 100);
    const own = {
      id,
      instrumentId: `IE00B${noise(n).toString(36).toUpperCase()}`,
      cashAmount: `${noise(n) % 100_000}.${10 + (n % 90)}`,
      currency: 'EUR',
    };
    for (const status of ['NEW', 'PROCESSING', 'FILLED']) {
      const seconds = 10 + (noise(n + told.length) % 40_000);
      told.push(
        order(status, {
          ...own,
          source: { kind: 'webhook', eventId: uuid(told.length + 7) },
          at: at(seconds),
        }),
      );
    }
    for (let index = 0; index < executions; index += 1) {
      const traded = {
        id: uuid(n * 100 + index + 1),
        of: id,
        cashAmount: `${noise(n + index) % 10_000}.${10 + (index % 90)}`,
        shareQuantity: `${noise(n * index) % 1000}.${noise(n + 3 * index)}`,
        price: `${noise(n) % 500}.${noise(n) % 10_000}`,
        taxes: '0',
        transactionTime: at(noise(n + index) % 40_000),
        settlementDate: '2026-03-04',
      };
      for (const status of ['FILLED', 'SETTLED']) {
        const base = {
          source: { kind: 'webhook', eventId: uuid(told.length + 7) } as const,
          at: at(noise(told.length) % 90_000),
        };
        told.push(execution(status, traded, base));
      }
    }
  }
  return placedLife(
    portfolioOrder('PROCESSING'),
    ...told,
    portfolioOrder('FILLED'),
    portfolioOrder('SETTLED'),
  );
}

test('an order of the usual size stays readable', () => {
  const life = large(30, 1);
  expect(packLife(life)).toBe(life);
  expect(unpackLife(life)).toBe(life);
});

describe('500 children with five executions each', () => {
  const life = large(500, 5);
  const packed = packLife(life);

  test('cross in less than 512 KiB', () => {
    expect(life.record.orders).toHaveLength(500);
    expect(bytesOf(life)).toBeGreaterThan(1024 * 1024);
    expect(packed).toMatchObject({ encoding: 'deflate+base64' });
    expect(bytesOf(packed)).toBeLessThan(512 * 1024);
  });

  test('come out as they went in', () => {
    const unpacked = unpackLife(JSON.parse(JSON.stringify(packed)) as typeof packed);
    expect(JSON.stringify(unpacked)).toBe(JSON.stringify(life));
  });
});

test('500 children whose every status ESW has accepted cross in less than 512 KiB', () => {
  const life = large(500, 1);
  const accepted = life.record.orders.flatMap(({ id: orderId, executions }) => [
    ...(['NEW', 'PROCESSING', 'FILLED'] as const).map((status) => ({ orderId, status })),
    ...executions.flatMap(({ id: executionId }) =>
      (['FILLED', 'SETTLED'] as const).map((status) => ({ orderId, executionId, status })),
    ),
  ]);
  const told = accepted.map((topic, index) => ({
    ...topic,
    id: uuid(index * 31),
    at: at(noise(index) % 90_000),
  }));
  expect(told).toHaveLength(2500);
  const packed = packLife({ ...life, emission: { ...life.emission, detail: 'executions', accepted: told } });
  expect(bytesOf(packed)).toBeLessThan(512 * 1024);
});

test('letters of every kind survive', () => {
  const life = {
    ...large(200, 1),
    journal: [{ at: '', rule: 'operator:close' as const, text: 'für 5 € – “ok” 🎉 \u0000' }],
  };
  const packed = packLife(life);
  expect(packed).toHaveProperty('encoding');
  expect(unpackLife(packed)).toStrictEqual(life);
});

test('any life, with what it waits for, survives JSON and packing', () => {
  assert(
    property(lives, (plan) => {
      const life = advance(
        { ...withObservations(newLife(PORTFOLIO_ORDER, T, policies), live(plan).told), past: 'known' },
        T,
        policies,
      );
      expect(JSON.parse(JSON.stringify(life))).toStrictEqual(life);
      expect(unpackLife(packLife(life))).toStrictEqual(life);
    }),
    { numRuns: 50 },
  );
});

test('a life of older code is completed with what it did not know of, and keeps what it knew', () => {
  const {
    past: _past,
    waits: _waits,
    questions: _questions,
    isUnknownToBroker: _isUnknown,
    readSinceEnd: _readSinceEnd,
    acknowledged: _acknowledged,
    journal: _journal,
    ...old
  } = drainInbox(
    withObservations(newLife(PORTFOLIO_ORDER, T, policies), [
      order('NEW', { id: childId(1), source: webhook(1) }),
      execution('FILLED', { id: executionId(1) }),
    ]),
    T,
  );
  const life = resumedLife(old as OrderLife);
  expect(life).toMatchObject({ ...old, waits: [], journal: [], questions: { missed: 0 } });
  expect(life.past).not.toBe('unjudged');
});
