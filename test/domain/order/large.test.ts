/** docs/architecture.md#what-an-order-costs: an order of 500 children and 2,504 events, in order and backwards. */
import { isFinishedAtBroker } from '../../../src/domain/broker/completion';
import { applyObservation } from '../../../src/domain/broker/apply-observation';
import { findingsOf } from '../../../src/domain/findings/findings';
import type { ExecutionFacts, Observation, ObservationSource } from '../../../src/domain/broker/observation';
import { emptyRecord, type PortfolioOrderRecord } from '../../../src/domain/broker/record';
import {
  ALLOCATION,
  at,
  childId,
  execution,
  executionId,
  facts,
  order,
  PORTFOLIO_ORDER,
  portfolioOrder,
  webhook,
} from '../samples';

const CHILDREN = 500;
const numbers = Array.from({ length: CHILDREN }, (_, index) => index + 1);

function happyPath(): Observation[] {
  const reported: Observation[] = [];
  const next = (): { source: ObservationSource; at: string } => {
    const second = reported.length + 1;
    return { source: webhook(second), at: at(second) };
  };
  const dated = (): ReturnType<typeof next> & { createdAt: string; updatedAt: string } => {
    const base = next();
    return { ...base, createdAt: at(0), updatedAt: base.at };
  };
  const reportPortfolioOrder = (status: string, ofChildren?: string): void => {
    const orders = ofChildren
      ? numbers.map((n) => ({ id: childId(n), side: 'BUY', status: ofChildren }))
      : [];
    const amount = { cashAmount: '50000.00', allocationId: ALLOCATION };
    reported.push(portfolioOrder(status, { ...dated(), ...amount, announced: status, orders }));
  };
  const reportOrder = (n: number, status: string, executions: ExecutionFacts[] = []): void => {
    const amounts = { cashAmount: '100.00', currency: 'EUR', fee: '0.99' };
    const details = { instrumentId: 'IE00B3XXRP09', ...amounts, executions };
    reported.push(order(status, { ...dated(), ...details, id: childId(n), announced: status }));
  };
  const fill = (n: number, status: string): ExecutionFacts =>
    facts(status, {
      id: executionId(n),
      cashAmount: '99.99',
      taxes: '0',
      transactionTime: at(n),
      settlementDate: '2026-03-04',
    });
  const reportExecution = (n: number, status: string): void =>
    void reported.push(
      execution(status, { ...fill(n, status), of: childId(n) }, { ...next(), announced: status }),
    );

  reportPortfolioOrder('NEW');
  for (const n of numbers) reportOrder(n, 'NEW');
  for (const n of numbers) reportOrder(n, 'PROCESSING');
  reportPortfolioOrder('PROCESSING', 'PROCESSING');
  for (const n of numbers) {
    reportExecution(n, 'FILLED');
    reportOrder(n, 'FILLED', [fill(n, 'FILLED')]);
  }
  reportPortfolioOrder('FILLED', 'FILLED');
  for (const n of numbers) reportExecution(n, 'SETTLED');
  reportPortfolioOrder('SETTLED', 'FILLED');
  return reported;
}

const allObservations = happyPath();
const after = (observations: Observation[]): PortfolioOrderRecord =>
  observations.reduce((record, one) => applyObservation(record, one).record, emptyRecord(PORTFOLIO_ORDER));

test('an order of 500 children is reported 2,504 times', () => {
  expect(allObservations).toHaveLength(4 + 5 * CHILDREN);
});

test.each([
  ['in order', allObservations],
  ['backwards', [...allObservations].reverse()],
])('%s, they end in a finished record without findings', (_how, observations) => {
  const record = after(observations);
  expect(record.status).toBe('SETTLED');
  expect(record.orders).toHaveLength(CHILDREN);
  expect(isFinishedAtBroker(record)).toBe(true);
  expect(findingsOf(record)).toEqual([]);
});

test('in order, the record stays below 512 KiB: no time is stored twice, and no documented step is spelt out', () => {
  const record = after(allObservations);
  expect(Buffer.byteLength(JSON.stringify(record))).toBeLessThan(512 * 1024);
  for (const row of record.orders.flatMap((one) => [one, ...one.executions])) {
    expect(row).not.toHaveProperty('fieldTimes');
    expect(row).not.toHaveProperty('reportedAt');
    expect(Object.values(row.reached).filter(({ from }) => from !== undefined)).toEqual([]);
    expect(Object.values(row.reached).filter(({ by }) => by !== undefined)).toEqual([]);
  }
});
