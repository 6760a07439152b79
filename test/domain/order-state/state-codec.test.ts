/** The state passes from run to run unchanged, however large it is. */
import { assert, property } from 'fast-check';
import { step } from '../../../src/domain/order/step';
import type { Observation } from '../../../src/domain/broker/observation';
import { initialState, withObservations } from '../../../src/domain/order/transitions';
import { encodeState, decodeState } from '../../../src/domain/order-state/state-codec';
import { generateOrder, orderPlans } from '../generated-orders';
import { at, execution, order, PORTFOLIO_ORDER, portfolioOrder } from '../samples';
import { placedState, policies, T } from '../order/waiting';
import type { OrderState } from '../../../src/domain/order-state/state';

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
function large(children: number, executions: number): OrderState {
  const reported: Observation[] = [];
  for (let n = 1; n <= children; n += 1) {
    const id = uuid(n * 100);
    const own = {
      id,
      instrumentId: `IE00B${noise(n).toString(36).toUpperCase()}`,
      cashAmount: `${noise(n) % 100_000}.${10 + (n % 90)}`,
      currency: 'EUR',
      fee: `${noise(n) % 10}.${10 + (n % 90)}`,
    };
    for (const status of ['NEW', 'PROCESSING', 'FILLED']) {
      const seconds = 10 + (noise(n + reported.length) % 40_000);
      reported.push(
        order(status, {
          ...own,
          source: { kind: 'webhook', eventId: uuid(reported.length + 7) },
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
          source: { kind: 'webhook', eventId: uuid(reported.length + 7) } as const,
          at: at(noise(reported.length) % 90_000),
        };
        reported.push(execution(status, traded, base));
      }
    }
  }
  return placedState(
    portfolioOrder('PROCESSING'),
    ...reported,
    portfolioOrder('FILLED'),
    portfolioOrder('SETTLED'),
  );
}

test('an order of the usual size stays readable', () => {
  const state = large(30, 1);
  expect(encodeState(state)).toBe(state);
  expect(decodeState(state)).toBe(state);
});

describe('500 children with five executions each', () => {
  const state = large(500, 5);
  const packed = encodeState(state);

  test('cross in less than 512 KiB', () => {
    expect(state.record.orders).toHaveLength(500);
    expect(bytesOf(state)).toBeGreaterThan(1024 * 1024);
    expect(packed).toMatchObject({ encoding: 'deflate+base64' });
    expect(bytesOf(packed)).toBeLessThan(512 * 1024);
  });

  test('come out as they went in', () => {
    const unpacked = decodeState(JSON.parse(JSON.stringify(packed)) as typeof packed);
    expect(JSON.stringify(unpacked)).toBe(JSON.stringify(state));
  });
});

test('500 children whose every status ESW has accepted cross in less than 512 KiB', () => {
  const state = large(500, 1);
  const accepted = state.record.orders.flatMap(({ id: orderId, executions }) => [
    ...(['NEW', 'PROCESSING', 'FILLED'] as const).map((status) => ({ orderId, status })),
    ...executions.flatMap(({ id: executionId }) =>
      (['FILLED', 'SETTLED'] as const).map((status) => ({ orderId, executionId, status })),
    ),
  ]);
  const acceptedEvents = accepted.map((topic, index) => ({
    ...topic,
    id: uuid(index * 31),
    at: at(noise(index) % 90_000),
  }));
  expect(acceptedEvents).toHaveLength(2500);
  const packed = encodeState({
    ...state,
    emission: { ...state.emission, detail: 'executions', accepted: acceptedEvents },
  });
  expect(bytesOf(packed)).toBeLessThan(512 * 1024);
});

test('letters of every kind survive', () => {
  const state = {
    ...large(200, 1),
    auditLog: [{ at: '', rule: 'operator:close' as const, text: 'für 5 € – “ok” 🎉 \u0000' }],
  };
  const packed = encodeState(state);
  expect(packed).toHaveProperty('encoding');
  expect(decodeState(packed)).toStrictEqual(state);
});

test('any state, with its deadlines, survives JSON and encoding', () => {
  assert(
    property(orderPlans, (plan) => {
      const state = step(
        {
          ...withObservations(
            initialState(PORTFOLIO_ORDER, T, policies, 'portfolio'),
            generateOrder(plan).reported,
          ),
          recovery: 'recovered',
        },
        T,
        policies,
      );
      expect(JSON.parse(JSON.stringify(state))).toStrictEqual(state);
      expect(decodeState(encodeState(state))).toStrictEqual(state);
    }),
    { numRuns: 50 },
  );
});
