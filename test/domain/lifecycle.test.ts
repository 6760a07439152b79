/** The tables against the statement in `verdicts.ts`. */
import {
  documentedPredecessor,
  executionLifecycle,
  isKnown,
  isTerminal,
  orderLifecycle,
  portfolioOrderLifecycle,
  rank,
  stepBetween,
  VERDICTS,
  type Lifecycle,
} from '../../src/domain/lifecycle';
import { ruleOf } from '../../src/domain/record';
import { statements, type Statement } from './verdicts';

const cases: [string, Lifecycle<string>, Statement][] = [
  ['portfolio-order', portfolioOrderLifecycle, statements['portfolio-order']],
  ['order', orderLifecycle, statements.order],
  ['execution', executionLifecycle, statements.execution],
];

describe.each(cases)('%s', (subject, lifecycle, { ranks, terminal, way, verdict }) => {
  const pairs = ['START', ...ranks].flatMap((from) => ranks.map((to) => [from, to] as const));
  const from = (status: string): string | undefined => (status === 'START' ? undefined : status);

  test('the statuses are ranked as written down', () => {
    expect(lifecycle.statuses).toEqual(ranks);
    expect(rank(lifecycle, undefined)).toBe(-1);
    expect(lifecycle.statuses.map((status) => rank(lifecycle, status))).toEqual(
      ranks.map((_, index) => index),
    );
  });

  test('there is one row for every pair, and no other', () => {
    expect(lifecycle.steps.map((step) => `${step.from} ${step.to}`).sort()).toEqual(
      pairs.map((pair) => pair.join(' ')).sort(),
    );
  });

  test.each(pairs)('%s, then %s is judged as written down', (first, second) => {
    const step = stepBetween(lifecycle, from(first), second);
    expect(step).toMatchObject({ id: `${subject}:${first}>${second}`, from: first, to: second });
    expect(step.verdict).toBe(verdict(first, second));
    expect(lifecycle.steps).toContain(step);
  });

  test.each(pairs)('%s, then %s moves the status exactly when the rank rises', (first, second) => {
    const { moves } = VERDICTS[stepBetween(lifecycle, from(first), second).verdict];
    expect(moves).toBe(ranks.indexOf(second) > ranks.indexOf(first));
  });

  test('every row that skips, contradicts or refuses says which situation it covers', () => {
    const unusual = lifecycle.steps.filter((step) =>
      ['skips', 'contradicts', 'refused'].includes(step.verdict),
    );
    expect(unusual.filter((step) => !step.reason)).toEqual([]);
  });

  test('what one status excludes, the other excludes too', () => {
    for (const { from: first, to: second, verdict: word } of lifecycle.steps) {
      if (first === 'START') continue;
      const back = stepBetween(lifecycle, second, first).verdict;
      expect(word === 'contradicts').toBe(back === 'refused');
    }
  });

  test('exactly the final statuses are terminal', () => {
    expect(ranks.filter((status) => isTerminal(lifecycle, status)).sort()).toEqual([...terminal].sort());
    expect(isTerminal(lifecycle, undefined)).toBe(false);
  });

  test('the documented way to a status is made of expected steps', () => {
    expect(lifecycle.path).toEqual(way);
    for (const [to, path] of Object.entries(way)) {
      const stations = ['START', ...path, to];
      for (let index = 1; index < stations.length; index += 1)
        expect(verdict(stations[index - 1] ?? '', stations[index] ?? '')).toBe('expected');
      expect(documentedPredecessor(lifecycle, to)).toBe(stations.at(-2));
    }
  });

  test('words that are no statuses are unknown, also those that every object has', () => {
    for (const word of ['START', 'new', '', 'SUSPENDED', 'constructor', '__proto__'])
      expect(isKnown(lifecycle, word)).toBe(false);
  });

  test('the rule of a status is the row from where the record stood', () => {
    for (const [first, second] of pairs) {
      const reached = { at: '', by: 'poll' as const, from: first };
      expect(ruleOf(lifecycle, second, reached)).toBe(`${subject}:${first}>${second}`);
    }
  });

  test('for a record that does not say where it stood, it is the row of the documented way', () => {
    for (const [to, path] of Object.entries(way)) {
      const expected = `${subject}:${path.at(-1) ?? 'START'}>${to}`;
      expect(ruleOf(lifecycle, to, { at: '', by: 'poll' })).toBe(expected);
    }
  });
});

test('a row that is excluded is refused the other way round, and a cancelled portfolio order need not be processed', () => {
  expect(stepBetween(portfolioOrderLifecycle, 'FILLED', 'CANCELLED').verdict).toBe('contradicts');
  expect(portfolioOrderLifecycle.path.CANCELLED).toEqual(['NEW']);
});
