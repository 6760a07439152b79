/**
 * Expected verdicts, derived independently of the product's tables from references/upvest.md#portfolio-order, #order,
 * #execution and docs/rules.md: rows are current statuses, columns observed ones.
 */

const PORTFOLIO_ORDER = `
              NEW        PROCESSING  FILLED    CANCELLED    SETTLED
  START       expected   skips       skips     skips        skips
  NEW         repeats    expected    skips     expected     skips
  PROCESSING  overtaken  repeats     expected  expected     skips
  FILLED      overtaken  overtaken   repeats   contradicts  expected
  CANCELLED   overtaken  overtaken   refused   repeats      contradicts
  SETTLED     overtaken  overtaken   overtaken refused      repeats
`;

const ORDER = `
              NEW        PROCESSING  CANCELLED  FILLED
  START       expected   skips       skips      skips
  NEW         repeats    expected    expected   skips
  PROCESSING  overtaken  repeats     expected   expected
  CANCELLED   overtaken  overtaken   repeats    contradicts
  FILLED      overtaken  overtaken   refused    repeats
`;

const EXECUTION = `
              FILLED     SETTLED   CANCELLED
  START       expected   skips     skips
  FILLED      repeats    expected  expected
  SETTLED     overtaken  repeats   contradicts
  CANCELLED   overtaken  refused   repeats
`;

export interface Expectation {
  /** Lowest rank first. */
  ranks: string[];
  terminal: string[];
  /** The documented statuses before each status. */
  path: Record<string, string[]>;
  /** The verdict's name; `START`: nothing was observed yet. */
  verdict: (from: string, to: string) => string;
  /** The current status after observing `to`. */
  after: (from: string, to: string) => string;
}

const MOVES = ['expected', 'skips', 'contradicts'];

function expectation(text: string, terminal: string, paths: Record<string, string>): Expectation {
  const lines = text.trim().split('\n').map(words);
  const [ranks = [], ...rows] = lines;
  const verdict = (from: string, to: string): string => {
    const found = rows.find(([status]) => status === from)?.[ranks.indexOf(to) + 1];
    if (found === undefined || !ranks.includes(to)) throw new Error(`No expectation for ${from}, ${to}`);
    return found;
  };
  return {
    ranks,
    terminal: words(terminal),
    path: Object.fromEntries(Object.entries(paths).map(([to, path]) => [to, words(path)])),
    verdict,
    after: (from, to) => (MOVES.includes(verdict(from, to)) ? to : from),
  };
}

function words(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}

export const expectations = {
  'portfolio-order': expectation(PORTFOLIO_ORDER, 'SETTLED CANCELLED', {
    NEW: '',
    PROCESSING: 'NEW',
    FILLED: 'NEW PROCESSING',
    CANCELLED: 'NEW',
    SETTLED: 'NEW PROCESSING FILLED',
  }),
  order: expectation(ORDER, 'FILLED CANCELLED', {
    NEW: '',
    PROCESSING: 'NEW',
    CANCELLED: 'NEW',
    FILLED: 'NEW PROCESSING',
  }),
  execution: expectation(EXECUTION, 'SETTLED CANCELLED', {
    FILLED: '',
    SETTLED: 'FILLED',
    CANCELLED: 'FILLED',
  }),
};
