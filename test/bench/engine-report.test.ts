import type { Round } from '../../bench/engine/measure';
import { modulesOf, selfTimes, totalTimes } from '../../bench/engine/profile';
import { markdownTable, reportTable } from '../../bench/engine/report';
import { median, percentile, summarize } from '../../bench/statistics';

/** A round in which every figure is a multiple of one number. */
function round(number: number): Round {
  return {
    ordersPerSecond: number,
    orderEventsPerSecond: 4 * number,
    cpu: {
      total: 100 * number,
      worker: 40 * number,
      server: 10 * number,
      Temporal: 30 * number,
      PostgreSQL: 20 * number,
    },
    acknowledge: { p50: number, p99: 2 * number },
    delivery: { p50: 3 * number, p99: 4 * number },
    repeated: number - 2,
    history: { events: 50 * number, bytes: 1024 * number, actions: 14 * number },
    workerMemory: 2 ** 20 * number,
  };
}

describe('statistics', () => {
  it('take the median of an odd and of an even number of values', () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([10, 1, 9, 2])).toBe(5.5);
    expect(median([])).toBe(0);
  });

  it('take percentiles of values in any order', () => {
    const values = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect(percentile(values, 0.5)).toBe(51);
    expect(summarize(values)).toEqual({ p50: 51, p99: 100, max: 100 });
  });
});

describe('the table', () => {
  const sides = (['portfolio', 'orders'] as const).flatMap((stream) => [
    { name: 'twin' as const, stream, rounds: [1, 2, 9].map(round) },
    { name: 'product' as const, stream, rounds: [4, 3, 30].map(round) },
  ]);

  it('has medians of the rounds and their ratio for each stream', () => {
    const [head, ...lines] = reportTable(sides);
    expect(head).toEqual([
      '',
      'twin, portfolio',
      'product, portfolio',
      'ratio',
      'twin, orders',
      'product, orders',
      'ratio',
    ]);
    expect(lines).toContainEqual(['orders/s', '2.00', '4.00', '2.00', '2.00', '4.00', '2.00']);
    expect(lines).toContainEqual(['of it Temporal, ms', '60.0', '120.0', '2.00', '60.0', '120.0', '2.00']);
    expect(lines).toContainEqual(['history per order, KiB', '2.0', '4.0', '2.00', '2.0', '4.0', '2.00']);
    // Nothing to compare with.
    expect(lines).toContainEqual(['requests answered 5xx and repeated', '0', '2', '', '0', '2', '']);
    expect(lines).toContainEqual(['memory of the worker, MiB', '2', '4', '2.00', '2', '4', '2.00']);
  });

  it('has the memory of an open order where orders stayed open', () => {
    const withOpen = sides.map((side) => ({
      ...side,
      openOrderMemory:
        side.name === 'twin'
          ? { resident: 100 * 1024, heap: 50 * 1024 }
          : { resident: 950 * 1024, heap: 200 * 1024 },
    }));
    expect(reportTable(withOpen).slice(-2)).toEqual([
      ['memory of an open order, KiB', '100', '950', '9.50', '100', '950', '9.50'],
      ['of it heap after a collection, KiB', '50', '200', '4.00', '50', '200', '4.00'],
    ]);
    expect(reportTable(sides).flat()).not.toContain('memory of an open order, KiB');
  });

  it('has only the stream that was measured', () => {
    const [head] = reportTable(sides.filter(({ stream }) => stream === 'orders'));
    expect(head).toEqual(['', 'twin, orders', 'product, orders', 'ratio']);
  });

  it('is a table of Markdown', () => {
    expect(
      markdownTable([
        ['', 'a'],
        ['b', '1'],
      ]),
    ).toBe('|  | a |\n| --- | --: |\n| b | 1 |');
  });
});

describe('a CPU profile', () => {
  const frame = (functionName: string, url: string) => ({ functionName, url, lineNumber: 9 });

  it('adds up own time by place, without idle time', () => {
    const nodes = [
      { id: 1, callFrame: frame('(idle)', '') },
      { id: 2, callFrame: frame('sha1', 'a.js') },
      { id: 3, callFrame: frame('other', 'b.js') },
      { id: 4, callFrame: frame('sha1', 'a.js') },
    ];
    const timeDeltas = [5_000, 1_000, 2_000, 1_500];
    const times = selfTimes({ nodes, samples: [1, 2, 3, 4], timeDeltas }, ({ functionName }) => functionName);
    expect(times).toEqual([
      { place: 'sha1', ms: 2.5 },
      { place: 'other', ms: 2 },
    ]);
  });

  it('adds up time by function with all that it calls, once in a recursion', () => {
    const nodes = [
      { id: 1, callFrame: frame('step', 'a.js'), children: [2, 3] },
      { id: 2, callFrame: frame('merge', 'a.js'), children: [4] },
      { id: 3, callFrame: frame('(idle)', '') },
      { id: 4, callFrame: frame('step', 'a.js') },
    ];
    const profile = { nodes, samples: [1, 2, 3, 4], timeDeltas: [1_000, 2_000, 9_000, 4_000] };
    expect(totalTimes(profile, ({ functionName }) => functionName)).toEqual([
      { place: 'step', ms: 7 },
      { place: 'merge', ms: 6 },
    ]);
  });

  it('finds the modules of a bundle by the heads that webpack writes', () => {
    const head = (path: string): string => `/*!***!*\\\n  !*** ${path} ***!\n  \\***/`;
    const moduleAt = modulesOf(
      ['start', head('./dist/src/domain/a.js'), 'a', head('./node_modules/uuid/sha1.js'), 'b'].join('\n'),
    );
    expect([0, 4, 8].map(moduleAt)).toEqual(['(bundle)', 'src/domain/a.js', 'uuid/sha1.js']);
  });
});
