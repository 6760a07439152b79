/** Expectations: `upvest.md` 4.1 to 4.3, and the rank of contradicting ends of `design.md` 3. */
import {
  executionLifecycle,
  isTerminal,
  orderLifecycle,
  portfolioOrderLifecycle,
  rank,
  stepBetween,
  type Lifecycle,
} from '../../src/domain/lifecycle';

interface Expected {
  lifecycle: Lifecycle<string>;
  /** Lowest rank first. */
  ranks: string[];
  terminal: string[];
  /** What the broker documents. */
  documented: string[];
  /** What it rules out. */
  contradicting: string[];
}

const expectations: Record<string, Expected> = {
  'portfolio order': {
    lifecycle: portfolioOrderLifecycle,
    ranks: ['START', 'NEW', 'PROCESSING', 'FILLED', 'CANCELLED', 'SETTLED'],
    terminal: ['SETTLED', 'CANCELLED'],
    documented: [
      'START→NEW',
      'NEW→PROCESSING',
      'NEW→CANCELLED',
      'PROCESSING→FILLED',
      'PROCESSING→CANCELLED',
      'FILLED→SETTLED',
    ],
    contradicting: ['FILLED→CANCELLED', 'CANCELLED→SETTLED'],
  },
  order: {
    lifecycle: orderLifecycle,
    ranks: ['START', 'NEW', 'PROCESSING', 'CANCELLED', 'FILLED'],
    terminal: ['FILLED', 'CANCELLED'],
    documented: ['START→NEW', 'NEW→PROCESSING', 'NEW→CANCELLED', 'PROCESSING→FILLED', 'PROCESSING→CANCELLED'],
    contradicting: ['CANCELLED→FILLED'],
  },
  execution: {
    lifecycle: executionLifecycle,
    ranks: ['START', 'FILLED', 'SETTLED', 'CANCELLED'],
    terminal: ['SETTLED', 'CANCELLED'],
    documented: ['START→FILLED', 'FILLED→SETTLED', 'FILLED→CANCELLED'],
    contradicting: ['SETTLED→CANCELLED'],
  },
};

describe.each(Object.entries(expectations))('%s', (_subject, expected) => {
  const { lifecycle, ranks } = expected;
  const pairs = ranks.flatMap((from) => ranks.slice(1).map((to) => [from, to] as const));

  test('the statuses are ranked as written down', () => {
    expect(['START', ...lifecycle.statuses]).toEqual(ranks);
    expect(rank(lifecycle, undefined)).toBe(-1);
    expect(lifecycle.statuses.map((status) => rank(lifecycle, status))).toEqual(
      lifecycle.statuses.map((_, index) => index),
    );
  });

  test.each(pairs)('%s then %s has a row exactly when the rank rises', (from, to) => {
    const rows = lifecycle.steps.filter((step) => step.from === from && step.to === to);
    expect(rows).toHaveLength(ranks.indexOf(to) > ranks.indexOf(from) ? 1 : 0);
    expect(stepBetween(lifecycle, from === 'START' ? undefined : from, to)).toBe(rows[0]);
  });

  test.each(pairs)('%s then %s is judged as the broker documents it', (from, to) => {
    const step = `${from}→${to}`;
    const verdict = stepBetween(lifecycle, from === 'START' ? undefined : from, to)?.verdict;
    const rises = ranks.indexOf(to) > ranks.indexOf(from);
    if (!rises) expect(verdict).toBeUndefined();
    else if (expected.documented.includes(step)) expect(verdict).toBe('expected');
    else expect(verdict).toBe(expected.contradicting.includes(step) ? 'contradicts' : 'skips');
  });

  test('every unusual row says which situation it covers', () => {
    const silent = lifecycle.steps.filter((step) => step.verdict !== 'expected' && !step.reason);
    expect(silent).toEqual([]);
  });

  test('the rows name only statuses of the table', () => {
    for (const { from, to } of lifecycle.steps) {
      expect(ranks).toContain(from);
      expect(ranks.slice(1)).toContain(to);
    }
  });

  test('exactly the final statuses are terminal', () => {
    expect(
      ranks
        .slice(1)
        .filter((status) => isTerminal(lifecycle, status))
        .sort(),
    ).toEqual([...expected.terminal].sort());
    expect(isTerminal(lifecycle, undefined)).toBe(false);
  });

  test('the documented way to a status is made of expected steps', () => {
    for (const [to, path] of Object.entries(lifecycle.path)) {
      const stations = ['START', ...path, to];
      const verdicts = stations
        .slice(1)
        .map(
          (status, index) =>
            stepBetween(lifecycle, index === 0 ? undefined : stations[index], status)?.verdict,
        );
      expect(verdicts).toEqual(stations.slice(1).map(() => 'expected'));
    }
  });
});

test('a cancelled portfolio order has missed nothing when it was never processed', () => {
  expect(portfolioOrderLifecycle.path.CANCELLED).toEqual(['NEW']);
  expect(portfolioOrderLifecycle.path.SETTLED).toEqual(['NEW', 'PROCESSING', 'FILLED']);
});
