/**
 * The transition tables: which status may follow which, for portfolio orders, orders and executions.
 *
 * Facts: `upvest.md` 4.1 to 4.3. The tables drive the code, the exhaustive tests and the documents; there is no other
 * place that knows the order of statuses.
 */

export const PORTFOLIO_ORDER_STATUSES = ['NEW', 'PROCESSING', 'FILLED', 'CANCELLED', 'SETTLED'] as const;
export const ORDER_STATUSES = ['NEW', 'PROCESSING', 'CANCELLED', 'FILLED'] as const;
export const EXECUTION_STATUSES = ['FILLED', 'SETTLED', 'CANCELLED'] as const;

export type PortfolioOrderStatus = (typeof PORTFOLIO_ORDER_STATUSES)[number];
export type OrderStatus = (typeof ORDER_STATUSES)[number];
export type ExecutionStatus = (typeof EXECUTION_STATUSES)[number];

export type Subject = 'portfolio-order' | 'order' | 'execution';

/** How a step is taken when the status `to` is observed while the record stands at `from`. */
export type Verdict =
  /** The documented way. */
  | 'expected'
  /** States between the two were not observed; they may still turn up. */
  | 'skips'
  /** The broker contradicts what it said before; the rank decides and a human is told. */
  | 'contradicts';

export interface Step<S extends string> {
  /** `START` is the moment before anything was observed. */
  from: S | 'START';
  to: S;
  verdict: Verdict;
  /** Which real situation an unusual row covers. */
  reason?: string;
}

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
  /** Every step that raises the rank. */
  steps: readonly Step<S>[];
}

export const portfolioOrderLifecycle: Lifecycle<PortfolioOrderStatus> = {
  subject: 'portfolio-order',
  statuses: PORTFOLIO_ORDER_STATUSES,
  terminal: ['SETTLED', 'CANCELLED'],
  path: {
    NEW: [],
    PROCESSING: ['NEW'],
    FILLED: ['NEW', 'PROCESSING'],
    SETTLED: ['NEW', 'PROCESSING', 'FILLED'],
    // PROCESSING lies on the way of some cancelled orders only, so its absence is not a gap.
    CANCELLED: ['NEW'],
  },
  steps: [
    { from: 'START', to: 'NEW', verdict: 'expected' },
    {
      from: 'START',
      to: 'PROCESSING',
      verdict: 'skips',
      reason: 'webhooks of different requests overtake each other',
    },
    { from: 'START', to: 'FILLED', verdict: 'skips', reason: 'as above, or the order was first seen late' },
    {
      from: 'START',
      to: 'CANCELLED',
      verdict: 'skips',
      reason: 'as above, or the order was first seen late',
    },
    { from: 'START', to: 'SETTLED', verdict: 'skips', reason: 'as above, or the order was first seen late' },
    { from: 'NEW', to: 'PROCESSING', verdict: 'expected' },
    { from: 'NEW', to: 'FILLED', verdict: 'skips', reason: 'PROCESSING is late or lost' },
    { from: 'NEW', to: 'CANCELLED', verdict: 'expected' },
    { from: 'NEW', to: 'SETTLED', verdict: 'skips', reason: 'PROCESSING and FILLED are late or lost' },
    { from: 'PROCESSING', to: 'FILLED', verdict: 'expected' },
    {
      from: 'PROCESSING',
      to: 'CANCELLED',
      verdict: 'expected',
      reason: 'children may be filled and cancelled, mixed',
    },
    { from: 'PROCESSING', to: 'SETTLED', verdict: 'skips', reason: 'FILLED is late or lost' },
    { from: 'FILLED', to: 'SETTLED', verdict: 'expected' },
    {
      from: 'FILLED',
      to: 'CANCELLED',
      verdict: 'contradicts',
      reason: 'not documented; the later word counts',
    },
    {
      from: 'CANCELLED',
      to: 'SETTLED',
      verdict: 'contradicts',
      reason: 'not documented; settled money outranks a cancel',
    },
  ],
};

export const orderLifecycle: Lifecycle<OrderStatus> = {
  subject: 'order',
  statuses: ORDER_STATUSES,
  terminal: ['FILLED', 'CANCELLED'],
  path: { NEW: [], PROCESSING: ['NEW'], FILLED: ['NEW', 'PROCESSING'], CANCELLED: ['NEW'] },
  steps: [
    { from: 'START', to: 'NEW', verdict: 'expected' },
    {
      from: 'START',
      to: 'PROCESSING',
      verdict: 'skips',
      reason: 'often first seen in a snapshot of the portfolio order',
    },
    { from: 'START', to: 'FILLED', verdict: 'skips', reason: 'as above' },
    { from: 'START', to: 'CANCELLED', verdict: 'skips', reason: 'as above' },
    { from: 'NEW', to: 'PROCESSING', verdict: 'expected' },
    { from: 'NEW', to: 'FILLED', verdict: 'skips', reason: 'PROCESSING is late or lost' },
    { from: 'NEW', to: 'CANCELLED', verdict: 'expected' },
    { from: 'PROCESSING', to: 'FILLED', verdict: 'expected' },
    {
      from: 'PROCESSING',
      to: 'CANCELLED',
      verdict: 'expected',
      reason: 'executions of the filled part stay valid',
    },
    {
      from: 'CANCELLED',
      to: 'FILLED',
      verdict: 'contradicts',
      reason: 'both are final; shares that were bought outrank a cancel',
    },
  ],
};

export const executionLifecycle: Lifecycle<ExecutionStatus> = {
  subject: 'execution',
  statuses: EXECUTION_STATUSES,
  terminal: ['SETTLED', 'CANCELLED'],
  path: { FILLED: [], SETTLED: ['FILLED'], CANCELLED: ['FILLED'] },
  steps: [
    { from: 'START', to: 'FILLED', verdict: 'expected' },
    { from: 'START', to: 'SETTLED', verdict: 'skips', reason: 'FILLED is late or lost' },
    { from: 'START', to: 'CANCELLED', verdict: 'skips', reason: 'FILLED is late or lost' },
    { from: 'FILLED', to: 'SETTLED', verdict: 'expected' },
    {
      from: 'FILLED',
      to: 'CANCELLED',
      verdict: 'expected',
      reason: 'a mistrade: reported as a finding all the same',
    },
    {
      from: 'SETTLED',
      to: 'CANCELLED',
      verdict: 'contradicts',
      reason: 'a mistrade after settlement; not documented',
    },
  ],
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

/**
 * The row that lets `to` follow `from`; undefined where the rank does not rise (the same status again, or one that was
 * overtaken), which never changes the status.
 */
export function stepBetween<S extends string>(
  lifecycle: Lifecycle<S>,
  from: S | undefined,
  to: S,
): Step<S> | undefined {
  return lifecycle.steps.find((step) => step.from === (from ?? 'START') && step.to === to);
}
