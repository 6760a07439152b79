/**
 * The transition tables of portfolio orders, orders and executions: what happens when a status is observed.
 * Source: references/upvest.md#portfolio-order, #order, #execution. The tables drive the code, the exhaustive tests and
 * `docs/rules.md`; the order of statuses is defined here only. They are complete: every status, and START before the
 * first observation, has an entry for every status that can be observed, and the compiler rejects a table that lacks
 * one.
 */

/** Lowest rank first, see `Lifecycle.statuses`. */
export const PORTFOLIO_ORDER_STATUSES = ['NEW', 'PROCESSING', 'FILLED', 'CANCELLED', 'SETTLED'] as const;
export const ORDER_STATUSES = ['NEW', 'PROCESSING', 'CANCELLED', 'FILLED'] as const;
export const EXECUTION_STATUSES = ['FILLED', 'SETTLED', 'CANCELLED'] as const;

export type PortfolioOrderStatus = (typeof PORTFOLIO_ORDER_STATUSES)[number];
export type OrderStatus = (typeof ORDER_STATUSES)[number];
export type ExecutionStatus = (typeof EXECUTION_STATUSES)[number];

export type Subject = 'portfolio-order' | 'order' | 'execution';

interface VerdictRule {
  /** Text for `docs/rules.md`. */
  meaning: string;
  /** True when the observed status becomes the current one. */
  moves: boolean;
}

/** Outcome of observing a status, depending on the current one. */
export const TRANSITION_KINDS = {
  expected: { moves: true, meaning: 'allowed: the documented transition' },
  skips: {
    moves: true,
    meaning:
      'allowed: statuses in between were not observed and may still arrive; for the portfolio order this is the finding SKIPPED_STATE',
  },
  contradicts: {
    moves: true,
    meaning:
      'allowed, with the finding CONTRADICTION: the two statuses exclude each other, and the new one ranks higher',
  },
  repeats: { moves: false, meaning: 'the same status again: no change' },
  overtaken: {
    moves: false,
    meaning: 'an earlier status arrives late: added to the status history, the current status stays',
  },
  refused: {
    moves: false,
    meaning:
      'rejected, with the finding CONTRADICTION: the current status excludes the new one; added to the status history, the current status stays',
  },
} as const satisfies Record<string, VerdictRule>;

export type TransitionKind = keyof typeof TRANSITION_KINDS;

/** One entry of a table: `to` is observed while the current status is `from`. */
export interface TransitionRule<S extends string> {
  /** Rule id in timelines and documents: `portfolio-order:NEW>PROCESSING`. */
  id: string;
  /** `START`: nothing was observed yet. */
  from: S | 'START';
  to: S;
  verdict: TransitionKind;
  /** The situation that an unusual transition covers. */
  reason?: string;
}

type Table<S extends string, T> = Readonly<Record<S | 'START', Readonly<Record<S, T>>>>;

export interface Lifecycle<S extends string> {
  subject: Subject;
  /**
   * Lowest rank first: of all statuses ever observed, the one with the highest rank is the current status. Merging is
   * therefore independent of the order and repetition of observations.
   */
  statuses: readonly S[];
  terminal: readonly S[];
  /** The documented statuses before each status, in order. */
  path: Readonly<Record<S, readonly S[]>>;
  /** The rules by current status, then by observed status. */
  table: Table<S, TransitionRule<S>>;
  /** All rules of the table. */
  rules: readonly TransitionRule<S>[];
}

/** A verdict, with a reason where the transition is unusual. */
type TableEntry = TransitionKind | readonly [verdict: TransitionKind, reason: string];

function tableOf<S extends string>(
  subject: Subject,
  verdicts: Table<S, TableEntry>,
): Pick<Lifecycle<S>, 'table' | 'rules'> {
  const froms = Object.entries(verdicts) as [S | 'START', Record<S, TableEntry>][];
  const table = Object.fromEntries(
    froms.map(([from, byStatus]) => {
      const entries = Object.entries(byStatus) as [S, TableEntry][];
      return [
        from,
        Object.fromEntries(entries.map(([to, entry]) => [to, ruleFor(subject, from, to, entry)])),
      ];
    }),
  ) as Table<S, TransitionRule<S>>;
  const rules = Object.values<Readonly<Record<S, TransitionRule<S>>>>(table).flatMap((row) =>
    Object.values<TransitionRule<S>>(row),
  );
  return { table, rules };
}

function ruleFor<S extends string>(
  subject: Subject,
  from: S | 'START',
  to: S,
  entry: TableEntry,
): TransitionRule<S> {
  const [verdict, reason] = typeof entry === 'string' ? [entry] : entry;
  return { id: `${subject}:${from}>${to}`, from, to, verdict, ...(reason !== undefined && { reason }) };
}

const FIRST_SEEN_LATE = 'earlier webhooks are late or lost, or the order was first observed late';
const IN_A_SNAPSHOT = 'often first observed in a snapshot of the portfolio order';
const BEFORE_THE_CANCEL = 'only some cancelled orders were processed before; the event is late';

export const portfolioOrderLifecycle: Lifecycle<PortfolioOrderStatus> = {
  subject: 'portfolio-order',
  statuses: PORTFOLIO_ORDER_STATUSES,
  terminal: ['SETTLED', 'CANCELLED'],
  path: {
    NEW: [],
    PROCESSING: ['NEW'],
    FILLED: ['NEW', 'PROCESSING'],
    // Only some cancelled orders were processed before, so a missing PROCESSING is not a gap.
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
      CANCELLED: ['expected', 'some children may be filled and others cancelled'],
      SETTLED: ['skips', 'FILLED is late or lost'],
    },
    FILLED: {
      NEW: 'overtaken',
      PROCESSING: 'overtaken',
      FILLED: 'repeats',
      CANCELLED: ['contradicts', 'not documented; a cancel outranks a fill that has not settled'],
      SETTLED: 'expected',
    },
    CANCELLED: {
      NEW: 'overtaken',
      PROCESSING: ['overtaken', BEFORE_THE_CANCEL],
      FILLED: ['refused', 'CANCELLED is documented as final'],
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
      CANCELLED: ['expected', 'executions of the filled part remain valid'],
      FILLED: 'expected',
    },
    CANCELLED: {
      NEW: 'overtaken',
      PROCESSING: ['overtaken', BEFORE_THE_CANCEL],
      CANCELLED: 'repeats',
      FILLED: ['contradicts', 'both are final; a trade outranks a cancel'],
    },
    FILLED: {
      NEW: 'overtaken',
      PROCESSING: 'overtaken',
      CANCELLED: ['refused', 'both are final; a trade outranks a cancel'],
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
      CANCELLED: ['skips', 'a mistrade whose FILLED is late or lost; finding MISTRADE'],
    },
    FILLED: {
      FILLED: 'repeats',
      SETTLED: 'expected',
      CANCELLED: ['expected', 'a mistrade; documented, but raises the finding MISTRADE'],
    },
    SETTLED: {
      FILLED: 'overtaken',
      SETTLED: 'repeats',
      CANCELLED: [
        'contradicts',
        'a mistrade after the execution or the whole portfolio order settled; not documented; finding MISTRADE',
      ],
    },
    CANCELLED: {
      FILLED: 'overtaken',
      SETTLED: ['refused', 'a cancelled trade moves no money; the report of its settlement is late or wrong'],
      CANCELLED: 'repeats',
    },
  }),
};

/** True for a status of the table; unknown ones are kept as text and reported as a finding. */
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

/** The rule for observing `to` while the current status is `from`; undefined stands for START. */
export function transitionRule<S extends string>(
  lifecycle: Lifecycle<S>,
  from: S | undefined,
  to: S,
): TransitionRule<S> {
  return lifecycle.table[from ?? 'START'][to];
}

/** The documented status before `status`; START for the first one. */
export function documentedPredecessor<S extends string>(lifecycle: Lifecycle<S>, status: S): S | 'START' {
  return lifecycle.path[status].at(-1) ?? 'START';
}
