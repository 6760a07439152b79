/**
 * Generated portfolio orders: what a broker does, what it reports, and the final state of its objects. A plan is small, so
 * that fast-check can print and shrink it; all observations follow from it.
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
} from '../../src/domain/broker/observation';
import { sum } from '../../src/domain/values/decimal';
import { decimal } from './values/decimals';
import { at, childId, execution, executionId, order, portfolioOrder, refusal, webhook } from './samples';
import { randomOf, shuffled } from './calendar/schedules';

/** How `updated_at` behaves: as documented, frozen although details change, or not sent. */
type Clock = 'running' | 'frozen' | 'absent';

interface FillPlan {
  cents: number;
  taxCents: number | undefined;
  end: 'SETTLED' | 'CANCELLED' | 'SETTLED, CANCELLED' | 'open';
  /** Settlement date and amount are corrected before the end. */
  isCorrected: boolean;
  /** The settlement or the mistrade comes after the portfolio order has ended. */
  isLate: boolean;
}

interface ChildPlan {
  side: 'BUY' | 'SELL';
  currency: 'EUR' | 'USD';
  kind: 'nominal' | 'units';
  /** Below 10.00, so that the final fee is the greatest text; zero at first. */
  feeCents: number | undefined;
  fills: FillPlan[];
  end: 'FILLED' | 'CANCELLED' | 'PROCESSING' | 'CANCELLED, FILLED';
  clock: Clock;
  /** All of it is reported after the portfolio order has ended. */
  isLate: boolean;
  isCreatedLate: boolean;
  isCancelRefused: boolean;
  unknownStatus: string | undefined;
}

export interface OrderPlan {
  type: 'BUY' | 'SELL' | 'REBALANCING' | undefined;
  postTax: boolean | undefined;
  path: string[];
  isTypeLagging: boolean;
  clock: Clock;
  unknownStatus: string | undefined;
  children: ChildPlan[];
  /** Seed for the order in which children progress. */
  seed: number;
}

const clocks = constantFrom<Clock>('running', 'running', 'running', 'frozen', 'absent');
const unknownStatuses = constantFrom('SUSPENDED', 'IN_AUCTION', undefined, undefined, undefined, undefined);

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
  feeCents: option(integer({ min: 0, max: 999 }), { nil: undefined }),
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
  unknownStatus: unknownStatuses,
});

/** Status sequences whose last status is the final one. The third one regresses once. */
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
/** Status sequences whose last status is rejected. */
const CONTRADICTORY = [
  ['NEW', 'PROCESSING', 'FILLED', 'SETTLED', 'CANCELLED'],
  ['NEW', 'PROCESSING', 'CANCELLED', 'FILLED'],
  ['NEW', 'PROCESSING', 'FILLED', 'SETTLED', 'NEW'],
];

function orderPlan(paths: string[][]): Arbitrary<OrderPlan> {
  const childrenOf = (minLength: number, maxLength: number): Arbitrary<ChildPlan[]> =>
    array(childPlan, { minLength, maxLength, size: 'max' });
  return planOf({
    type: constantFrom<OrderPlan['type']>('BUY', 'SELL', 'REBALANCING', undefined),
    postTax: constantFrom(true, false, false, undefined),
    path: constantFrom(...paths),
    isTypeLagging: boolean(),
    clock: clocks,
    unknownStatus: unknownStatuses,
    children: oneof(
      { weight: 16, arbitrary: childrenOf(1, 4) },
      { weight: 7, arbitrary: childrenOf(5, 12) },
      { weight: 1, arbitrary: childrenOf(13, 39) },
      { weight: 1, arbitrary: childrenOf(40, 40) },
    ),
    seed: integer(),
  });
}

export const orderPlans = orderPlan([...CONSISTENT, ...CONTRADICTORY]);
/** Plans in which the last reported status is the final one. */
export const consistentPlans = orderPlan(CONSISTENT);
export const seeds = oneof(constant(0), integer());

export interface GeneratedOrder {
  /** Observations in the order in which they happened. */
  reported: Observation[];
  /** The broker's answers when everything is read at the end. */
  answers: Observation[];
  /** Final objects at the broker. */
  truth: { portfolioOrder: PortfolioOrderObservation; orders: OrderObservation[] };
}

export function generateOrder(plan: OrderPlan): GeneratedOrder {
  const broker = new Broker(plan);
  broker.run();
  const { reported, portfolioOrder, children } = broker;
  const readAt = broker.next().at;
  const poll: ObservationSource = { kind: 'poll', readAt };
  const asAnswer = <O extends PortfolioOrderObservation | OrderObservation>(object: O): O =>
    structuredClone({ ...object, source: poll, at: object.updatedAt ?? readAt });
  const orders = children.map(({ object }) => object);
  return {
    reported,
    answers: [asAnswer(portfolioOrder), ...orders.map(asAnswer)],
    truth: { portfolioOrder, orders },
  };
}

interface Child {
  plan: ChildPlan;
  number: number;
  object: OrderObservation;
  isListed: boolean;
}

/** The broker's objects, and the events that it sends about them. */
class Broker {
  readonly reported: Observation[] = [];
  readonly portfolioOrder: PortfolioOrderObservation;
  readonly children: Child[];
  private second = 0;

  constructor(private readonly plan: OrderPlan) {
    const { type, postTax } = plan;
    const { type: _, postTax: __, ...bare } = portfolioOrder('NEW', { createdAt: at(0) });
    this.portfolioOrder = {
      ...bare,
      ...(type !== undefined && { type }),
      ...(postTax !== undefined && { postTax }),
    };
    this.children = plan.children.map((child, index) => this.create(child, index + 1));
  }

  run(): void {
    const { path, seed, unknownStatus } = this.plan;
    const random = randomOf(seed);
    const early: (() => void)[] = [];
    const late: (() => void)[] = [];
    // Children progress in random order; the steps of each stay in order.
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
      this.reportPortfolioOrder(status, path[index - 1] ?? status);
      for (const step of early.slice(index * share, (index + 1) * share)) step();
    });
    if (unknownStatus !== undefined) this.reportPortfolioOrder(unknownStatus, unknownStatus);
    if (unknownStatus !== undefined) this.portfolioOrder.status = path.at(-1) ?? 'NEW';
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
      // Some fill above their amount, some below, most at it.
      ...(isNominal && { cashAmount: decimal(BigInt(cents + (number % 5 === 0 ? cents : 0)), 2) }),
      ...(plan.feeCents !== undefined && { fee: '0.00' }),
      ...(!isNominal && { quantity: String(plan.fills.length + (number % 3)) }),
      createdAt: plan.isCreatedLate ? at(1_000_000 + (number % 2)) : at(number),
    });
    return { plan, number, object, isListed: false };
  }

  private steps(child: Child, late: boolean): (() => void)[] {
    const { plan, object } = child;
    const { executions } = object;
    const report = (status: string) => (): void => {
      this.reportOrder(child, status);
    };
    const state = [
      report('NEW'),
      ...(plan.unknownStatus === undefined ? [] : [report(plan.unknownStatus)]),
      report('PROCESSING'),
      ...plan.fills.map((fill, index) => (): void => {
        executions.push(this.fill(child, fill, index));
        this.reportExecution(child, index, 'FILLED');
      }),
      ...(plan.isCancelRefused
        ? ['TOO_LATE', 'FILLED'].map((reason) => (): void => {
            this.reported.push(refusal({ ...this.next(), orderId: object.id, reason }));
          })
        : []),
      ...(plan.end === 'PROCESSING' ? [] : plan.end.split(', ').map(report)),
    ];
    const endsOf = (isLate: boolean): (() => void)[] =>
      plan.fills.flatMap((fill, index) => {
        if (fill.isLate !== isLate || fill.end === 'open') return [];
        const ends = fill.end.split(', ').map((status) => (): void => {
          this.reportExecution(child, index, status);
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
    if (plan.isLate) return late ? [...state, ...endsOf(false), ...endsOf(true)] : [];
    return late ? endsOf(true) : [...state, ...endsOf(false)];
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

  private reportPortfolioOrder(status: string, before: string): void {
    const report = this.next();
    this.portfolioOrder.status = status;
    this.portfolioOrder.orders = this.children
      .filter(({ isListed }) => isListed)
      .map(({ object: { id, side, status: childStatus } }) => ({
        id,
        status: childStatus,
        ...(side !== undefined && { side }),
      }))
      .reverse();
    this.change(this.portfolioOrder, this.plan.clock, report.at);
    if (status === 'CANCELLED') this.portfolioOrder.cancellationReason = 'CANCELLED_BY_CLIENT';
    this.portfolioOrder.cancellationDetails = `Note ${this.second}`;
    const announced = this.plan.isTypeLagging && this.second % 3 === 0 ? before : status;
    this.reported.push(structuredClone({ ...this.portfolioOrder, ...report, announced }));
  }

  private reportOrder(child: Child, status: string): void {
    const report = this.next();
    const { object, plan } = child;
    child.isListed = true;
    const before = object.status;
    object.status = status;
    if (plan.feeCents !== undefined && status !== 'NEW') object.fee = decimal(BigInt(plan.feeCents), 2);
    if (status === 'CANCELLED') object.cancellationReason = `REASON_${this.second % 2}`;
    this.change(object, plan.clock, report.at);
    if (plan.clock !== 'running') object.instrumentId = `ISIN${this.second}`;
    this.reported.push(structuredClone({ ...object, ...report }));
    // The unknown status is transient.
    if (status === plan.unknownStatus) object.status = before;
  }

  private reportExecution({ object }: Pick<Child, 'object'>, index: number, status: string): void {
    const report = this.next();
    const facts = object.executions[index];
    if (facts === undefined) return;
    facts.status = status;
    const { id, ...rest } = facts;
    this.reported.push(execution(status, { ...rest, id, of: object.id }, { ...report, announced: status }));
  }

  /** Corrects date and amount without changing the order; an event of the execution or a read reports it. */
  private correct({ object }: Child, index: number): void {
    const facts = object.executions[index];
    if (facts === undefined) return;
    facts.settlementDate = `2026-03-${String(5 + (this.second % 20)).padStart(2, '0')}`;
    facts.cashAmount = sum([facts.cashAmount, '0.01']);
    if (index % 2 === 0) {
      this.reportExecution({ object }, index, facts.status);
      return;
    }
    const { at: readAt } = this.next();
    const read = { ...object, source: { kind: 'poll' as const, readAt }, at: object.updatedAt ?? readAt };
    this.reported.push(structuredClone(read));
  }

  private change(object: { updatedAt?: string }, clock: Clock, time: string): void {
    if (clock !== 'absent') object.updatedAt = clock === 'running' ? time : at(1);
  }
}
