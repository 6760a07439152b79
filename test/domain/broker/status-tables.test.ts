/** The transition tables against the expectations in `verdicts.ts`. */
import {
  documentedPredecessor,
  executionLifecycle,
  isKnown,
  isTerminal,
  orderLifecycle,
  portfolioOrderLifecycle,
  rank,
  transitionRule,
  TRANSITION_KINDS,
  type Lifecycle,
} from '../../../src/domain/broker/status-tables';
import { ruleOf } from '../../../src/domain/broker/record';
import { expectations, type Expectation } from './verdicts';

const cases: [string, Lifecycle<string>, Expectation][] = [
  ['portfolio-order', portfolioOrderLifecycle, expectations['portfolio-order']],
  ['order', orderLifecycle, expectations.order],
  ['execution', executionLifecycle, expectations.execution],
];

describe.each(cases)('%s', (subject, lifecycle, { ranks, terminal, path, verdict }) => {
  const pairs = ['START', ...ranks].flatMap((from) => ranks.map((to) => [from, to] as const));
  const from = (status: string): string | undefined => (status === 'START' ? undefined : status);

  test('the statuses have the expected ranks', () => {
    expect(lifecycle.statuses).toEqual(ranks);
    expect(rank(lifecycle, undefined)).toBe(-1);
    expect(lifecycle.statuses.map((status) => rank(lifecycle, status))).toEqual(
      ranks.map((_, index) => index),
    );
  });

  test('the table has exactly one rule for every pair', () => {
    expect(lifecycle.rules.map((rule) => `${rule.from} ${rule.to}`).sort()).toEqual(
      pairs.map((pair) => pair.join(' ')).sort(),
    );
  });

  test.each(pairs)('%s, then %s has the expected verdict', (first, second) => {
    const rule = transitionRule(lifecycle, from(first), second);
    expect(rule).toMatchObject({ id: `${subject}:${first}>${second}`, from: first, to: second });
    expect(rule.verdict).toBe(verdict(first, second));
    expect(lifecycle.rules).toContain(rule);
  });

  test.each(pairs)('%s, then %s moves the status exactly when the rank rises', (first, second) => {
    const { moves } = TRANSITION_KINDS[transitionRule(lifecycle, from(first), second).verdict];
    expect(moves).toBe(ranks.indexOf(second) > ranks.indexOf(first));
  });

  test('every rule that skips, contradicts or refuses has a reason', () => {
    const unusual = lifecycle.rules.filter((rule) =>
      ['skips', 'contradicts', 'refused'].includes(rule.verdict),
    );
    expect(unusual.filter((rule) => !rule.reason)).toEqual([]);
  });

  test('exclusion is symmetric: contradicts one way means refused the other', () => {
    for (const { from: first, to: second, verdict: forward } of lifecycle.rules) {
      if (first === 'START') continue;
      const back = transitionRule(lifecycle, second, first).verdict;
      expect(forward === 'contradicts').toBe(back === 'refused');
    }
  });

  test('exactly the documented final statuses are terminal', () => {
    expect(ranks.filter((status) => isTerminal(lifecycle, status)).sort()).toEqual([...terminal].sort());
    expect(isTerminal(lifecycle, undefined)).toBe(false);
  });

  test('the documented path to a status consists of expected transitions', () => {
    expect(lifecycle.path).toEqual(path);
    for (const [to, before] of Object.entries(path)) {
      const stations = ['START', ...before, to];
      for (let index = 1; index < stations.length; index += 1)
        expect(verdict(stations[index - 1] ?? '', stations[index] ?? '')).toBe('expected');
      expect(documentedPredecessor(lifecycle, to)).toBe(stations.at(-2));
    }
  });

  test('other texts are unknown, including names of object properties', () => {
    for (const text of ['START', 'new', '', 'SUSPENDED', 'constructor', '__proto__'])
      expect(isKnown(lifecycle, text)).toBe(false);
  });

  test('the rule of a status depends on the status before it', () => {
    for (const [first, second] of pairs) {
      const reached = { at: '', by: 'poll' as const, from: first };
      expect(ruleOf(lifecycle, second, reached)).toBe(`${subject}:${first}>${second}`);
    }
  });

  test('for a record without the status before, it is the rule of the documented transition', () => {
    for (const [to, before] of Object.entries(path)) {
      const expected = `${subject}:${before.at(-1) ?? 'START'}>${to}`;
      expect(ruleOf(lifecycle, to, { at: '', by: 'poll' })).toBe(expected);
    }
  });
});

test('a cancelled portfolio order contradicts a filled one, and need not have been processed', () => {
  expect(transitionRule(portfolioOrderLifecycle, 'FILLED', 'CANCELLED').verdict).toBe('contradicts');
  expect(portfolioOrderLifecycle.path.CANCELLED).toEqual(['NEW']);
});
