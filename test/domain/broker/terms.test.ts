/** Terms of a portfolio order that change between two reports (14.1). */
import { assert, constantFrom, property, shuffledSubarray } from 'fast-check';
import { findingsOf, needsAttention } from '../../../src/domain/findings/findings';
import type { PortfolioOrderObservation } from '../../../src/domain/broker/observation';
import { at, portfolioOrder, recordOf, webhook } from '../samples';

const report = (n: number, more: Partial<PortfolioOrderObservation>): PortfolioOrderObservation =>
  portfolioOrder('PROCESSING', { source: webhook(n), at: at(n), updatedAt: at(n), ...more });
const changed = (...observations: PortfolioOrderObservation[]) =>
  findingsOf(recordOf(...observations)).filter(({ code }) => code === 'TERMS_CHANGED');

test.each<[string, Partial<PortfolioOrderObservation>, string]>([
  ['account', { accountId: 'a1' }, 'accountId a1 and b8a1f3de-64c2-4d0e-8f0b-2f6d7f1b9a20'],
  ['amount', { cashAmount: '2000.00' }, 'cashAmount 1000 and 2000'],
  ['currency', { currency: 'GBP' }, 'currency EUR and GBP'],
  ['type', { type: 'SELL' }, 'type BUY and SELL'],
  ['post_tax', { postTax: true }, 'postTax false and true'],
])('another %s is a finding that needs attention, with both values (14.1)', (_what, more, text) => {
  const findings = changed(report(1, {}), report(2, more));
  expect(findings).toMatchObject([
    { subject: 'portfolio-order', message: expect.stringContaining(text) as string, cause: { at: at(2) } },
  ]);
  for (const finding of findings) {
    expect(needsAttention(finding, 2)).toBe(true);
    // An order that is already running keeps the commands of its history.
    expect(needsAttention(finding, 1)).toBe(false);
  }
  expect(changed(report(1, more), report(2, {}))).toHaveLength(1);
});

test('another spelling, a missing value and the amount of a rebalancing are no change (14.1)', () => {
  const bare = report(3, {});
  delete bare.cashAmount;
  const same = report(2, {
    cashAmount: '1000',
    currency: 'eur',
    accountId: String(report(1, {}).accountId).toUpperCase(),
  });
  expect(changed(report(1, {}), same, bare)).toEqual([]);
  const type = 'REBALANCING';
  expect(changed(report(1, { type, cashAmount: '0' }), report(2, { type, cashAmount: '7' }))).toEqual([]);
});

test('the finding does not depend on the order of arrival, however many values come (14.1)', () => {
  const reports = [0, 1, 2, 3, 4, 5, 6, 7].map((n) =>
    report(n + 1, { cashAmount: `${(n * 5) % 8}.50`, type: n % 2 === 0 ? 'BUY' : 'SELL' }),
  );
  const [expected] = changed(...reports);
  assert(
    property(shuffledSubarray(reports, { minLength: 8 }), constantFrom(...reports), (some, again) => {
      const [finding] = changed(...some, again);
      return finding?.message === expected?.message;
    }),
  );
});
