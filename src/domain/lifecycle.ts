/**
 * The transition tables: what happens when a status is observed, for portfolio orders, orders and executions.
 *
 * Facts: `upvest.md` 4.1 to 4.3. The tables drive the code, the exhaustive tests and `docs/rules.md`; there is no other
 * place that knows the order of statuses. They are complete: every status (and START, the moment before anything was
 * observed) has a row for every status that can be told, and the compiler refuses a table that lacks one.
 */

/** Lowest rank first, as in `Lifecycle.statuses`. */
export const PORTFOLIO_ORDER_STATUSES = ['NEW', 'PROCESSING', 'FILLED', 'CANCELLED', 'SETTLED'] as const;
export const ORDER_STATUSES = ['NEW', 'PROCESSING', 'CANCELLED', 'FILLED'] as const;
export const EXECUTION_STATUSES = ['FILLED', 'SETTLED', 'CANCELLED'] as const;

export type PortfolioOrderStatus = (typeof PORTFOLIO_ORDER_STATUSES)[number];
export type OrderStatus = (typeof ORDER_STATUSES)[number];
export type ExecutionStatus = (typeof EXECUTION_STATUSES)[number];

export type Subject = 'portfolio-order' | 'order' | 'execution';

interface VerdictRule {
  /** What the verdict means, for humans. */
  meaning: string;
  /** Whether the row takes the status `to`. */
  moves: boolean;
}

/** How a status is judged that is observed while the record stands at another one. */
export const VERDICTS = {
  expected: { moves: true, meaning: 'allowed: the documented way' },
  skips: {
    moves: true,
    meaning:
      'allowed: statuses between the two were not observed and may still turn up; for the portfolio order that is the finding SKIPPED_STATE',
  },
  contradicts: {
    moves: true,
    meaning:
      'allowed, with the finding CONTRADICTION: the two exclude each other, and the written rank lets the second one count',
  },
  repeats: { moves: false, meaning: 'the same status again: nothing changes' },
  overtaken: {
    moves: false,
    meaning: 'an earlier status turns up late: noted as reached, the status stays',
  },
  refused: {
    moves: false,
    meaning:
      'refused, with the finding CONTRADICTION: the present status excludes it; noted as reached, the status stays',
  },
} as const satisfies Record<string, VerdictRule>;

export type Verdict = keyof typeof VERDICTS;

/** One row of a table: `to` is observed while the record stands at `from`. */
export interface Step<S extends string> {
  /** The rule's name in timelines and documents: `portfolio-order:NEW>PROCESSING`. */
  id: string;
  /** `START` is the moment before anything was observed. */
  from: S | 'START';
  to: S;
  verdict: Verdict;
  /** Which real situation an unusual row covers. */
  reason?: string;
}

type Table<S extends string, T> = Readonly<Record<S | 'START', Readonly<Record<S, T>>>>;

export interface Lifecycle<S extends string> {
  subject: Subject;
  /**
   * In rank order: of all statuses ever observed, the last in this list is the status. This makes the record a join, so
   * that neither order nor repetition of observations matters.
   */
  statuses: readonly S[];
  terminal: readonly S[];
  /** The documented way to each status, without the status itself. */
  path: Readonly<Record<S, readonly S[]>>;
  /** The table by status the record stands at, then by the one observed. */
  table: Table<S, Step<S>>;
  /** All its rows. */
  steps: readonly Step<S>[];
}

/** A verdict, beside it the reason where the row is unusual. */
type Judgement = Verdict | readonly [verdict: Verdict, reason: string];

function tableOf<S extends string>(
  subject: Subject,
  judgements: Table<S, Judgement>,
): Pick<Lifecycle<S>, 'table' | 'steps'> {
  const froms = Object.entries(judgements) as [S | 'START', Record<S, Judgement>][];
  const table = Object.fromEntries(
    froms.map(([from, byStatus]) => {
      const entries = Object.entries(byStatus) as [S, Judgement][];
      return [from, Object.fromEntries(entries.map(([to, one]) => [to, stepOf(subject, from, to, one)]))];
    }),
  ) as Table<S, Step<S>>;
  const steps = Object.values<Readonly<Record<S, Step<S>>>>(table).flatMap((row) =>
    Object.values<Step<S>>(row),
  );
  return { table, steps };
}

function stepOf<S extends string>(subject: Subject, from: S | 'START', to: S, judgement: Judgement): Step<S> {
  const [verdict, reason] = typeof judgement === 'string' ? [judgement] : judgement;
  return { id: `${subject}:${from}>${to}`, from, to, verdict, ...(reason !== undefined && { reason }) };
}

const FIRST_SEEN_LATE =
  'webhooks of different requests overtake each other, or the order was first seen late';
const IN_A_SNAPSHOT = 'often first seen in a snapshot of the portfolio order';
const BEFORE_THE_CANCEL = 'it lies on the way of some cancelled orders only; its event comes late';

export const portfolioOrderLifecycle: Lifecycle<PortfolioOrderStatus> = {
  subject: 'portfolio-order',
  statuses: PORTFOLIO_ORDER_STATUSES,
  terminal: ['SETTLED', 'CANCELLED'],
  path: {
    NEW: [],
    PROCESSING: ['NEW'],
    FILLED: ['NEW', 'PROCESSING'],
    // PROCESSING lies on the way of some cancelled orders only, so its absence is not a gap.
    CANCELLED: ['NEW'],
    SETTLED: ['NEW', 'PROCESSING', 'FILLED'],
  },
  ...tableOf<PortfolioOrderStatus>('portfolio-order', {
    START: {
      NEW: 'expected',
      PROCESSING: ['skips', FIRST_SEEN_LATE],
      FILLED: ['skips', FIRST_SEEN_LATE],
      CANCELLED: ['skips', FIRST_SEEN_LATE],
      SETTLED: ['skips', FIRST_SEEN_LATE],
    },
    NEW: {
      NEW: 'repeats',
      PROCESSING: 'expected',
      FILLED: ['skips', 'PROCESSING is late or lost'],
      CANCELLED: 'expected',
      SETTLED: ['skips', 'PROCESSING and FILLED are late or lost'],
    },
    PROCESSING: {
      NEW: 'overtaken',
      PROCESSING: 'repeats',
      FILLED: 'expected',
      CANCELLED: ['expected', 'children may be filled and cancelled, mixed'],
      SETTLED: ['skips', 'FILLED is late or lost'],
    },
    FILLED: {
      NEW: 'overtaken',
      PROCESSING: 'overtaken',
      FILLED: 'repeats',
      CANCELLED: ['contradicts', 'not documented; a cancel ranks above a fill that has not settled'],
      SETTLED: 'expected',
    },
    CANCELLED: {
      NEW: 'overtaken',
      PROCESSING: ['overtaken', BEFORE_THE_CANCEL],
      FILLED: ['refused', 'CANCELLED is final; as documented, no order comes back from it'],
      CANCELLED: 'repeats',
      SETTLED: ['contradicts', 'not documented; settled money outranks a cancel'],
    },
    SETTLED: {
      NEW: 'overtaken',
      PROCESSING: 'overtaken',
      FILLED: 'overtaken',
      CANCELLED: ['refused', 'SETTLED is final; settled money outranks a cancel'],
      SETTLED: 'repeats',
    },
  }),
};

export const orderLifecycle: Lifecycle<OrderStatus> = {
  subject: 'order',
  statuses: ORDER_STATUSES,
  terminal: ['FILLED', 'CANCELLED'],
  path: { NEW: [], PROCESSING: ['NEW'], CANCELLED: ['NEW'], FILLED: ['NEW', 'PROCESSING'] },
  ...tableOf<OrderStatus>('order', {
    START: {
      NEW: 'expected',
      PROCESSING: ['skips', IN_A_SNAPSHOT],
      CANCELLED: ['skips', IN_A_SNAPSHOT],
      FILLED: ['skips', IN_A_SNAPSHOT],
    },
    NEW: {
      NEW: 'repeats',
      PROCESSING: 'expected',
      CANCELLED: 'expected',
      FILLED: ['skips', 'PROCESSING is late or lost'],
    },
    PROCESSING: {
      NEW: 'overtaken',
      PROCESSING: 'repeats',
      CANCELLED: ['expected', 'executions of the filled part stay valid'],
      FILLED: 'expected',
    },
    CANCELLED: {
      NEW: 'overtaken',
      PROCESSING: ['overtaken', BEFORE_THE_CANCEL],
      CANCELLED: 'repeats',
      FILLED: ['contradicts', 'both are final; shares that were bought or sold outrank a cancel'],
    },
    FILLED: {
      NEW: 'overtaken',
      PROCESSING: 'overtaken',
      CANCELLED: ['refused', 'both are final; shares that were bought or sold outrank a cancel'],
      FILLED: 'repeats',
    },
  }),
};

export const executionLifecycle: Lifecycle<ExecutionStatus> = {
  subject: 'execution',
  statuses: EXECUTION_STATUSES,
  terminal: ['SETTLED', 'CANCELLED'],
  path: { FILLED: [], SETTLED: ['FILLED'], CANCELLED: ['FILLED'] },
  ...tableOf<ExecutionStatus>('execution', {
    START: {
      FILLED: 'expected',
      SETTLED: ['skips', 'FILLED is late or lost'],
      CANCELLED: ['skips', 'a mistrade whose FILLED is late or lost: the finding MISTRADE'],
    },
    FILLED: {
      FILLED: 'repeats',
      SETTLED: 'expected',
      CANCELLED: ['expected', 'a mistrade: documented, and the finding MISTRADE all the same'],
    },
    SETTLED: {
      FILLED: 'overtaken',
      SETTLED: 'repeats',
      CANCELLED: [
        'contradicts',
        'a mistrade after settlement, of the execution or of the whole portfolio order: not documented, and the finding MISTRADE',
      ],
    },
    CANCELLED: {
      FILLED: 'overtaken',
      SETTLED: ['refused', 'a cancelled trade moves no money; its settlement was told late or in error'],
      CANCELLED: 'repeats',
    },
  }),
};

/** True for a status that the table knows; others are kept as text and reported. */
export function isKnown<S extends string>(lifecycle: Lifecycle<S>, status: string): status is S {
  return (lifecycle.statuses as readonly string[]).includes(status);
}

/** Position in the rank order; START is -1. */
export function rank<S extends string>(lifecycle: Lifecycle<S>, status: S | undefined): number {
  return status === undefined ? -1 : lifecycle.statuses.indexOf(status);
}

export function isTerminal<S extends string>(lifecycle: Lifecycle<S>, status: S | undefined): boolean {
  return status !== undefined && lifecycle.terminal.includes(status);
}

/** The row for `to` being observed while the record stands at `from`; undefined stands for START. */
export function stepBetween<S extends string>(lifecycle: Lifecycle<S>, from: S | undefined, to: S): Step<S> {
  return lifecycle.table[from ?? 'START'][to];
}

/** The status before `status` on the documented way; START where it is the first. */
export function documentedPredecessor<S extends string>(lifecycle: Lifecycle<S>, status: S): S | 'START' {
  return lifecycle.path[status].at(-1) ?? 'START';
}
