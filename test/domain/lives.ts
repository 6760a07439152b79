/** Generated lives of portfolio orders, as a broker would tell them, for property tests. */
import {
  array,
  bigInt,
  constantFrom,
  integer,
  record as recordArbitrary,
  tuple,
  type Arbitrary,
} from 'fast-check';
import type { ExecutionFacts, Observation } from '../../src/domain/observation';
import {
  at,
  childId,
  execution,
  executionId,
  order,
  poll,
  portfolioOrder,
  refusal,
  webhook,
} from './samples';

/** fast-check prints seed and path of every failure. */
export const RUNS = { numRuns: 300 };

/** Up to 10 decimals, as for share quantities. */
export const amounts = array(
  tuple(bigInt(0n, 10n ** 20n), integer({ min: 0, max: 10 })).map(([units, scale]) => decimal(units, scale)),
  { maxLength: 8 },
);

/** Amounts that ESW can be sent: 15 significant digits, 6 decimals, then any number of zeros. */
export const wireAmounts = tuple(
  bigInt(0n, 10n ** 15n - 1n),
  integer({ min: 0, max: 6 }),
  integer({ min: 0, max: 4 }),
).map(([units, scale, zeros]) => decimal(units, scale) + (scale > 0 ? '0'.repeat(zeros) : ''));

function decimal(units: bigint, scale: number): string {
  const digits = units.toString().padStart(scale + 1, '0');
  return scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

interface ChildPlan {
  /** Cash in cents, and how the execution ends. */
  executions: { cents: number; end: 'SETTLED' | 'CANCELLED' | 'open' }[];
  end: 'FILLED' | 'CANCELLED' | 'PROCESSING';
  isPolled: boolean;
  isCancelRefused: boolean;
}

interface LifePlan {
  children: ChildPlan[];
  parent: string[];
  isTypeLagging: boolean;
  unknownWord: string | undefined;
}

const childPlan: Arbitrary<ChildPlan> = recordArbitrary({
  executions: array(
    recordArbitrary({
      cents: integer({ min: 1, max: 10_000_000 }),
      end: constantFrom('SETTLED' as const, 'SETTLED' as const, 'CANCELLED' as const, 'open' as const),
    }),
    { minLength: 1, maxLength: 3 },
  ),
  end: constantFrom('FILLED' as const, 'FILLED' as const, 'CANCELLED' as const, 'PROCESSING' as const),
  isPolled: constantFrom(true, false),
  isCancelRefused: constantFrom(true, false, false),
});

const lifePlan: Arbitrary<LifePlan> = recordArbitrary({
  children: array(childPlan, { minLength: 1, maxLength: 12 }),
  parent: constantFrom(
    ['NEW', 'PROCESSING', 'FILLED', 'SETTLED'],
    ['NEW', 'PROCESSING', 'FILLED'],
    ['NEW', 'PROCESSING', 'CANCELLED'],
    ['NEW', 'CANCELLED'],
    ['PROCESSING', 'SETTLED'],
    ['NEW', 'PROCESSING', 'FILLED', 'CANCELLED'],
    ['NEW', 'CANCELLED', 'SETTLED'],
  ),
  isTypeLagging: constantFrom(true, false),
  unknownWord: constantFrom('SUSPENDED', undefined, undefined),
});

/** Everything that is observed of one order, in the order in which it happened. */
function tell(plan: LifePlan): Observation[] {
  const told: Observation[] = [];
  let second = 0;
  const next = (): { source: ReturnType<typeof webhook>; at: string; updatedAt: string } => {
    second += 1;
    return { source: webhook(second), at: at(second), updatedAt: at(second) };
  };
  const statuses = new Map<string, string>();
  const snapshot = (): { id: string; side: string; status: string }[] =>
    [...statuses].map(([id, status]) => ({ id, side: 'BUY', status })).reverse();
  const tellParent = (status: string, announced = status): void => {
    const cancelled = status === 'CANCELLED' && {
      cancellationReason: 'CANCELLED_BY_CLIENT',
      cancellationDetails: 'asked for',
    };
    told.push(portfolioOrder(status, { ...next(), announced, orders: snapshot(), ...cancelled }));
  };

  const [first = 'NEW', ...rest] = plan.parent;
  tellParent(first);
  plan.children.forEach((child, index) => {
    told.push(...tellChild(child, index + 1, next, (id, status) => statuses.set(id, status)));
  });
  rest.forEach((status, index) => {
    const isLagging = plan.isTypeLagging && index === 0;
    tellParent(status, isLagging ? first : status);
  });
  if (plan.unknownWord !== undefined) told.push(portfolioOrder(plan.unknownWord, next()));
  return told;
}

function tellChild(
  plan: ChildPlan,
  number: number,
  next: () => { source: ReturnType<typeof webhook>; at: string; updatedAt: string },
  reach: (id: string, status: string) => void,
): Observation[] {
  const id = childId(number);
  const told: Observation[] = [];
  const known: ExecutionFacts[] = [];
  const tellOrder = (status: string, isPoll = false): void => {
    reach(id, status);
    const cancellationReason = status === 'CANCELLED' ? { cancellationReason: 'CANCELLED_BY_CLIENT' } : {};
    const common = { ...next(), ...(isPoll && { source: poll }) };
    told.push(
      order(status, {
        ...common,
        id,
        instrumentId: `ISIN${number}`,
        executions: [...known],
        ...cancellationReason,
      }),
    );
  };
  const tellExecution = (fact: ExecutionFacts): void => {
    const { updatedAt, ...base } = next();
    const { status, ...rest } = fact;
    told.push(execution(status, { ...rest, of: id }, { ...base, announced: status }));
  };

  tellOrder('NEW');
  tellOrder('PROCESSING');
  plan.executions.forEach(({ cents }, index) => {
    const cashAmount = decimal(BigInt(cents), 2);
    known.push({ ...executionFacts(number, index), cashAmount });
    tellExecution({ ...executionFacts(number, index), cashAmount });
  });
  if (plan.isCancelRefused) told.push(refusal({ ...sourceAndTime(next()), orderId: id }));
  if (plan.end !== 'PROCESSING') tellOrder(plan.end);
  plan.executions.forEach(({ cents, end }, index) => {
    if (end === 'open') return;
    const fact = { ...executionFacts(number, index), cashAmount: decimal(BigInt(cents), 2), status: end };
    known[index] = fact;
    tellExecution(fact);
  });
  if (plan.isPolled) tellOrder(plan.end, true);
  return told;
}

function executionFacts(child: number, index: number): ExecutionFacts {
  return {
    id: executionId(10 * child + index),
    status: 'FILLED',
    side: 'BUY',
    cashAmount: '0',
    currency: 'EUR',
    shareQuantity: `${child}.${index}000000001`,
    price: '1.00',
  };
}

function sourceAndTime({ source, at: time }: { source: ReturnType<typeof webhook>; at: string }): {
  source: ReturnType<typeof webhook>;
  at: string;
} {
  return { source, at: time };
}

/** One life, told in order, and told again: shuffled, with repetitions, in batches. */
export interface TwiceTold {
  inOrder: Observation[];
  otherwise: Observation[][];
}

export const twiceTold: Arbitrary<TwiceTold> = lifePlan.map(tell).chain((inOrder) => {
  // Every observation has a place of its own; some have a second one.
  const places = array(integer({ min: 0, max: 1_000_000 }), {
    minLength: inOrder.length,
    maxLength: 2 * inOrder.length,
  });
  const sizes = array(integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 10 });
  return tuple(places, sizes).map(([order, batchSizes]) => {
    const shuffled = order
      .map((place, index) => ({ place, observation: inOrder[index % inOrder.length] }))
      .sort((a, b) => a.place - b.place)
      .flatMap(({ observation }) => (observation ? [observation] : []));
    return { inOrder, otherwise: batches(shuffled, batchSizes) };
  });
});

function batches<T>(list: T[], sizes: number[]): T[][] {
  const cut: T[][] = [];
  for (let start = 0, index = 0; start < list.length; index += 1) {
    const size = sizes[index % sizes.length] ?? 1;
    cut.push(list.slice(start, start + size));
    start += size;
  }
  return cut;
}
