/**
 * Generated lives of portfolio orders: what a broker does, what it tells of it, and what is true in the end. A plan is
 * small, so that fast-check can print and shrink it; everything told follows from it.
 */
import {
  array,
  boolean,
  constant,
  constantFrom,
  integer,
  oneof,
  option,
  record as planOf,
  type Arbitrary,
} from 'fast-check';
import type {
  ExecutionFacts,
  Observation,
  ObservationSource,
  OrderObservation,
  PortfolioOrderObservation,
} from '../../src/domain/observation';
import { sum } from '../../src/domain/money';
import { decimal } from './decimals';
import { at, childId, execution, executionId, order, portfolioOrder, refusal, webhook } from './samples';
import { randomOf, shuffled } from './schedules';

/** How `updated_at` behaves: as documented, not moving although details change, or not sent at all. */
type Clock = 'runs' | 'stands' | 'absent';

interface FillPlan {
  cents: number;
  taxCents: number | undefined;
  end: 'SETTLED' | 'CANCELLED' | 'SETTLED, CANCELLED' | 'open';
  /** Settlement date and amount are corrected before it ends. */
  isCorrected: boolean;
  /** The settlement or the mistrade comes after the portfolio order has ended. */
  isLate: boolean;
}

interface ChildPlan {
  side: 'BUY' | 'SELL';
  currency: 'EUR' | 'USD';
  kind: 'nominal' | 'units';
  fills: FillPlan[];
  end: 'FILLED' | 'CANCELLED' | 'PROCESSING' | 'CANCELLED, FILLED';
  clock: Clock;
  /** All of it is told after the portfolio order has ended. */
  isLate: boolean;
  isCreatedLate: boolean;
  isCancelRefused: boolean;
  word: string | undefined;
}

export interface LifePlan {
  type: 'BUY' | 'SELL' | 'REBALANCING' | undefined;
  postTax: boolean | undefined;
  path: string[];
  isTypeLagging: boolean;
  clock: Clock;
  word: string | undefined;
  children: ChildPlan[];
  /** Decides in which order children go on. */
  pace: number;
}

const clocks = constantFrom<Clock>('runs', 'runs', 'runs', 'stands', 'absent');
const words = constantFrom('SUSPENDED', 'IN_AUCTION', undefined, undefined, undefined, undefined);

const fillPlan: Arbitrary<FillPlan> = planOf({
  cents: integer({ min: 1, max: 10_000_000 }),
  taxCents: option(integer({ min: 0, max: 100_000 }), { nil: undefined }),
  end: constantFrom<FillPlan['end']>(
    'SETTLED',
    'SETTLED',
    'SETTLED',
    'CANCELLED',
    'SETTLED, CANCELLED',
    'open',
  ),
  isCorrected: boolean(),
  isLate: boolean(),
});

const childPlan: Arbitrary<ChildPlan> = planOf({
  side: constantFrom<ChildPlan['side']>('BUY', 'SELL'),
  currency: constantFrom<ChildPlan['currency']>('EUR', 'EUR', 'EUR', 'EUR', 'USD'),
  kind: constantFrom<ChildPlan['kind']>('nominal', 'units'),
  fills: array(fillPlan, { minLength: 0, maxLength: 3 }),
  end: constantFrom<ChildPlan['end']>(
    'FILLED',
    'FILLED',
    'FILLED',
    'CANCELLED',
    'PROCESSING',
    'CANCELLED, FILLED',
  ),
  clock: clocks,
  isLate: constantFrom(true, false, false, false),
  isCreatedLate: constantFrom(true, false, false, false),
  isCancelRefused: constantFrom(true, false, false),
  word: words,
});

/** Ways whose last status is the one that counts. The third one goes back once, as newer snapshots should not. */
const CONSISTENT = [
  ['NEW', 'PROCESSING', 'FILLED', 'SETTLED'],
  ['NEW', 'PROCESSING', 'FILLED'],
  ['NEW', 'PROCESSING', 'FILLED', 'PROCESSING', 'SETTLED'],
  ['NEW', 'PROCESSING', 'CANCELLED'],
  ['NEW', 'CANCELLED'],
  ['PROCESSING', 'SETTLED'],
  ['NEW', 'PROCESSING', 'FILLED', 'CANCELLED'],
  ['NEW', 'CANCELLED', 'SETTLED'],
];
/** Ways whose last word is refused. */
const CONTRADICTORY = [
  ['NEW', 'PROCESSING', 'FILLED', 'SETTLED', 'CANCELLED'],
  ['NEW', 'PROCESSING', 'CANCELLED', 'FILLED'],
  ['NEW', 'PROCESSING', 'FILLED', 'SETTLED', 'NEW'],
];

function lifePlan(paths: string[][]): Arbitrary<LifePlan> {
  const childrenOf = (minLength: number, maxLength: number): Arbitrary<ChildPlan[]> =>
    array(childPlan, { minLength, maxLength, size: 'max' });
  return planOf({
    type: constantFrom<LifePlan['type']>('BUY', 'SELL', 'REBALANCING', undefined),
    postTax: constantFrom(true, false, false, undefined),
    path: constantFrom(...paths),
    isTypeLagging: boolean(),
    clock: clocks,
    word: words,
    children: oneof(
      { weight: 16, arbitrary: childrenOf(1, 4) },
      { weight: 7, arbitrary: childrenOf(5, 12) },
      { weight: 1, arbitrary: childrenOf(13, 39) },
      { weight: 1, arbitrary: childrenOf(40, 40) },
    ),
    pace: integer(),
  });
}

export const lives = lifePlan([...CONSISTENT, ...CONTRADICTORY]);
/** Lives of which the broker's last word is the truth. */
export const consistentLives = lifePlan(CONSISTENT);
export const seeds = oneof(constant(0), integer());

export interface Life {
  /** In the order in which it happened. */
  told: Observation[];
  /** What the broker answers when it is asked about everything at the end. */
  answers: Observation[];
  /** The objects at the broker in the end. */
  truth: { portfolioOrder: PortfolioOrderObservation; orders: OrderObservation[] };
}

export function live(plan: LifePlan): Life {
  const broker = new Broker(plan);
  broker.run();
  const { told, whole, children } = broker;
  const readAt = broker.next().at;
  const poll: ObservationSource = { kind: 'poll', readAt };
  const asAnswer = <O extends PortfolioOrderObservation | OrderObservation>(object: O): O =>
    structuredClone({ ...object, source: poll, at: object.updatedAt ?? readAt });
  const orders = children.map(({ object }) => object);
  return {
    told,
    answers: [asAnswer(whole), ...orders.map(asAnswer)],
    truth: { portfolioOrder: whole, orders },
  };
}

interface Child {
  plan: ChildPlan;
  number: number;
  object: OrderObservation;
  isListed: boolean;
}

/** The broker's own objects, and the events that it tells of them. */
class Broker {
  readonly told: Observation[] = [];
  readonly whole: PortfolioOrderObservation;
  readonly children: Child[];
  private second = 0;

  constructor(private readonly plan: LifePlan) {
    const { type, postTax } = plan;
    const { type: _, postTax: __, ...bare } = portfolioOrder('NEW', { createdAt: at(0) });
    this.whole = { ...bare, ...(type !== undefined && { type }), ...(postTax !== undefined && { postTax }) };
    this.children = plan.children.map((child, index) => this.create(child, index + 1));
  }

  run(): void {
    const { path, pace, word } = this.plan;
    const random = randomOf(pace);
    const early: (() => void)[] = [];
    const late: (() => void)[] = [];
    // Children take turns by chance; each one's steps stay in order.
    const turns = this.children.map((child) => ({
      early: this.steps(child, false),
      late: this.steps(child, true),
    }));
    for (const child of shuffled(
      turns.flatMap((turn) => turn.early.map(() => turn.early)),
      random,
    )) {
      early.push(...child.splice(0, 1));
    }
    for (const child of shuffled(
      turns.flatMap((turn) => turn.late.map(() => turn.late)),
      random,
    )) {
      late.push(...child.splice(0, 1));
    }
    const share = Math.ceil(early.length / Math.max(1, path.length - 1));
    path.forEach((status, index) => {
      this.tellWhole(status, path[index - 1] ?? status);
      for (const step of early.slice(index * share, (index + 1) * share)) step();
    });
    if (word !== undefined) this.tellWhole(word, word);
    if (word !== undefined) this.whole.status = path.at(-1) ?? 'NEW';
    for (const step of late) step();
  }

  next(): { source: ObservationSource; at: string } {
    this.second += 1;
    return { source: webhook(this.second), at: at(this.second) };
  }

  private create(plan: ChildPlan, number: number): Child {
    const cents = plan.fills.reduce((total, fill) => total + fill.cents, 0);
    const isNominal = plan.kind === 'nominal';
    const side = this.plan.type === 'BUY' || this.plan.type === 'SELL' ? this.plan.type : plan.side;
    const object = order('NEW', {
      id: childId(number),
      side,
      currency: plan.currency,
      instrumentId: `ISIN${number}`,
      // Some come out above their amount, others below, most at it.
      ...(isNominal && { cashAmount: decimal(BigInt(cents + (number % 5 === 0 ? cents : 0)), 2) }),
      ...(!isNominal && { quantity: String(plan.fills.length + (number % 3)) }),
      createdAt: plan.isCreatedLate ? at(1_000_000 + (number % 2)) : at(number),
    });
    return { plan, number, object, isListed: false };
  }

  private steps(child: Child, late: boolean): (() => void)[] {
    const { plan, object } = child;
    const { executions } = object;
    const tell = (status: string) => (): void => {
      this.tellOrder(child, status);
    };
    const life = [
      tell('NEW'),
      ...(plan.word === undefined ? [] : [tell(plan.word)]),
      tell('PROCESSING'),
      ...plan.fills.map((fill, index) => (): void => {
        executions.push(this.fill(child, fill, index));
        this.tellExecution(child, index, 'FILLED');
      }),
      ...(plan.isCancelRefused
        ? ['TOO_LATE', 'FILLED'].map((reason) => (): void => {
            this.told.push(refusal({ ...this.next(), orderId: object.id, reason }));
          })
        : []),
      ...(plan.end === 'PROCESSING' ? [] : plan.end.split(', ').map(tell)),
    ];
    const endsOf = (isLate: boolean): (() => void)[] =>
      plan.fills.flatMap((fill, index) => {
        if (fill.isLate !== isLate || fill.end === 'open') return [];
        const ends = fill.end.split(', ').map((status) => (): void => {
          this.tellExecution(child, index, status);
        });
        return fill.isCorrected
          ? [
              (): void => {
                this.correct(child, index);
              },
              ...ends,
            ]
          : ends;
      });
    if (plan.isLate) return late ? [...life, ...endsOf(false), ...endsOf(true)] : [];
    return late ? endsOf(true) : [...life, ...endsOf(false)];
  }

  private fill(
    { number, object, plan }: Child,
    { cents, taxCents }: FillPlan,
    index: number,
  ): ExecutionFacts {
    return {
      id: executionId(10 * number + index),
      status: 'FILLED',
      ...(object.side !== undefined && { side: object.side }),
      cashAmount: decimal(BigInt(cents), 2),
      currency: plan.currency,
      shareQuantity: index % 2 === 0 ? '1.0000000000' : '0.9999999999',
      price: '1.00',
      ...(taxCents !== undefined && { taxes: decimal(BigInt(taxCents), 2) }),
      settlementDate: '2026-03-04',
    };
  }

  private tellWhole(status: string, before: string): void {
    const told = this.next();
    this.whole.status = status;
    this.whole.orders = this.children
      .filter(({ isListed }) => isListed)
      .map(({ object: { id, side, status: childStatus } }) => ({
        id,
        status: childStatus,
        ...(side !== undefined && { side }),
      }))
      .reverse();
    this.change(this.whole, this.plan.clock, told.at);
    if (status === 'CANCELLED') this.whole.cancellationReason = 'CANCELLED_BY_CLIENT';
    this.whole.cancellationDetails = `Note ${this.second}`;
    const announced = this.plan.isTypeLagging && this.second % 3 === 0 ? before : status;
    this.told.push(structuredClone({ ...this.whole, ...told, announced }));
  }

  private tellOrder(child: Child, status: string): void {
    const told = this.next();
    const { object, plan } = child;
    child.isListed = true;
    const before = object.status;
    object.status = status;
    if (status === 'CANCELLED') object.cancellationReason = `REASON_${this.second % 2}`;
    this.change(object, plan.clock, told.at);
    if (plan.clock !== 'runs') object.instrumentId = `ISIN${this.second}`;
    this.told.push(structuredClone({ ...object, ...told }));
    // An unknown word passes.
    if (status === plan.word) object.status = before;
  }

  private tellExecution({ object }: Pick<Child, 'object'>, index: number, status: string): void {
    const told = this.next();
    const facts = object.executions[index];
    if (facts === undefined) return;
    facts.status = status;
    const { id, ...rest } = facts;
    this.told.push(execution(status, { ...rest, id, of: object.id }, { ...told, announced: status }));
  }

  /** Date and amount are corrected, and the order does not change by it: an event of the execution or a read tells it. */
  private correct({ object }: Child, index: number): void {
    const facts = object.executions[index];
    if (facts === undefined) return;
    facts.settlementDate = `2026-03-${String(5 + (this.second % 20)).padStart(2, '0')}`;
    facts.cashAmount = sum([facts.cashAmount, '0.01']);
    if (index % 2 === 0) {
      this.tellExecution({ object }, index, facts.status);
      return;
    }
    const { at: readAt } = this.next();
    const read = { ...object, source: { kind: 'poll' as const, readAt }, at: object.updatedAt ?? readAt };
    this.told.push(structuredClone(read));
  }

  private change(object: { updatedAt?: string }, clock: Clock, time: string): void {
    if (clock !== 'absent') object.updatedAt = clock === 'runs' ? time : at(1);
  }
}
