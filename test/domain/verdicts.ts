/**
 * What has to happen when a status is told, written down once more from `upvest.md` 4.1 to 4.3 and `design.md` 3, without
 * a look at the tables of the product: the row is the status at which the record stands, the column the one that is told.
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

export interface Statement {
  /** Lowest rank first. */
  ranks: string[];
  terminal: string[];
  /** The statuses that a portfolio order, order or execution has been in, as documented, before each status. */
  way: Record<string, string[]>;
  /** The verdict in words; `START` is the moment before anything was told. */
  verdict: (from: string, to: string) => string;
  /** The status after `to` was told. */
  after: (from: string, to: string) => string;
}

const MOVES = ['expected', 'skips', 'contradicts'];

function statement(text: string, terminal: string, ways: Record<string, string>): Statement {
  const lines = text.trim().split('\n').map(words);
  const [ranks = [], ...rows] = lines;
  const verdict = (from: string, to: string): string => {
    const found = rows.find(([status]) => status === from)?.[ranks.indexOf(to) + 1];
    if (found === undefined || !ranks.includes(to))
      throw new Error(`Nothing is written about ${from}, ${to}`);
    return found;
  };
  return {
    ranks,
    terminal: words(terminal),
    way: Object.fromEntries(Object.entries(ways).map(([to, way]) => [to, words(way)])),
    verdict,
    after: (from, to) => (MOVES.includes(verdict(from, to)) ? to : from),
  };
}

function words(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}

export const statements = {
  'portfolio-order': statement(PORTFOLIO_ORDER, 'SETTLED CANCELLED', {
    NEW: '',
    PROCESSING: 'NEW',
    FILLED: 'NEW PROCESSING',
    CANCELLED: 'NEW',
    SETTLED: 'NEW PROCESSING FILLED',
  }),
  order: statement(ORDER, 'FILLED CANCELLED', {
    NEW: '',
    PROCESSING: 'NEW',
    CANCELLED: 'NEW',
    FILLED: 'NEW PROCESSING',
  }),
  execution: statement(EXECUTION, 'SETTLED CANCELLED', {
    FILLED: '',
    SETTLED: 'FILLED',
    CANCELLED: 'FILLED',
  }),
};
