/**
 * Every status (and none) × every observation × every source, for the three tables. Expectations are in `verdicts.ts`,
 * independent of the product's tables.
 */
import { findingsOf } from '../../../src/domain/findings/findings';
import type { Observation } from '../../../src/domain/broker/observation';
import type { Transition } from '../../../src/domain/broker/status-merge';
import {
  emptyRecord,
  ruleOf,
  type PortfolioOrderRecord,
  type StatusEvidence,
  sourceOf,
} from '../../../src/domain/broker/record';
import {
  executionLifecycle,
  orderLifecycle,
  portfolioOrderLifecycle,
  type Lifecycle,
} from '../../../src/domain/broker/status-tables';
import {
  apply,
  at,
  childId,
  execution,
  executionId,
  facts,
  order,
  placement,
  poll,
  PORTFOLIO_ORDER,
  portfolioOrder,
  refusal,
  webhook,
} from '../samples';
import { expectations, type Expectation } from './verdicts';

interface LooseEntity {
  status?: string;
  reached: Partial<Record<string, StatusEvidence>>;
  unknownStatuses?: string[];
}

interface SubjectCase extends Expectation {
  lifecycle: Lifecycle<string>;
  id: string;
  /** Observations that report a status of this subject, and the kind of evidence each one gives. */
  sources: Record<string, { by: StatusEvidence['by']; observe: (status: string) => Observation }>;
  /** A webhook whose type and object disagree. */
  lagging: (announced: string, status: string) => Observation;
  /** A record with this entity as its subject. */
  withEntity: (entity: LooseEntity) => PortfolioOrderRecord;
  entityIn: (record: PortfolioOrderRecord) => LooseEntity;
}

const nothing: LooseEntity = { reached: {} };
const listedIn = (source: Observation['source'], status: string): Observation =>
  portfolioOrder('PROCESSING', { source, orders: [{ id: childId(1), side: 'BUY', status }] });

const subjects: Record<string, SubjectCase> = {
  'a portfolio order': {
    ...expectations['portfolio-order'],
    lifecycle: portfolioOrderLifecycle,
    id: PORTFOLIO_ORDER,
    sources: {
      webhook: { by: 'webhook', observe: (status) => portfolioOrder(status, { announced: status }) },
      'webhook without a status in its type': { by: 'webhook', observe: (status) => portfolioOrder(status) },
      poll: { by: 'poll', observe: (status) => portfolioOrder(status, { source: poll }) },
      placement: { by: 'placement', observe: (status) => portfolioOrder(status, { source: placement }) },
    },
    lagging: (announced, status) => portfolioOrder(status, { announced, updatedAt: at(1) }),
    withEntity: (entity) => ({ ...emptyRecord(PORTFOLIO_ORDER), ...entity }) as PortfolioOrderRecord,
    entityIn: (record) => record,
  },
  'an order': {
    ...expectations.order,
    lifecycle: orderLifecycle,
    id: childId(1),
    sources: {
      webhook: { by: 'webhook', observe: (status) => order(status, { announced: status }) },
      'webhook without a status in its type': { by: 'webhook', observe: (status) => order(status) },
      poll: { by: 'poll', observe: (status) => order(status, { source: poll }) },
      'webhook of the portfolio order': { by: 'snapshot', observe: (status) => listedIn(webhook(9), status) },
      'poll of the portfolio order': { by: 'snapshot', observe: (status) => listedIn(poll, status) },
      'placement of the portfolio order': {
        by: 'snapshot',
        observe: (status) => listedIn(placement, status),
      },
    },
    lagging: (announced, status) => order(status, { announced, updatedAt: at(1) }),
    withEntity: (entity) =>
      ({
        ...emptyRecord(PORTFOLIO_ORDER),
        orders: [{ id: childId(1), number: 1, executions: [], ...entity }],
      }) as PortfolioOrderRecord,
    entityIn: (record) => record.orders[0] ?? nothing,
  },
  'an execution': {
    ...expectations.execution,
    lifecycle: executionLifecycle,
    id: executionId(1),
    sources: {
      webhook: { by: 'webhook', observe: (status) => execution(status, {}, { announced: status }) },
      'webhook without a status in its type': { by: 'webhook', observe: (status) => execution(status) },
      'webhook of its order': {
        by: 'snapshot',
        observe: (status) => order('PROCESSING', { executions: [facts(status)] }),
      },
      'poll of its order': {
        by: 'snapshot',
        observe: (status) => order('PROCESSING', { source: poll, executions: [facts(status)] }),
      },
    },
    lagging: (announced, status) => execution(status, {}, { announced }),
    withEntity: (entity) =>
      ({
        ...emptyRecord(PORTFOLIO_ORDER),
        orders: [
          {
            id: childId(1),
            number: 1,
            reached: {},
            executions: [{ ...facts('FILLED'), status: undefined, ...entity }],
          },
        ],
      }) as unknown as PortfolioOrderRecord,
    entityIn: (record) => record.orders[0]?.executions[0] ?? nothing,
  },
};

const evidence: StatusEvidence = { at: at(0), by: 'webhook', eventId: 'earlier' };

describe.each(Object.entries(subjects))('%s', (name, subject) => {
  const { ranks, path, verdict, after, lifecycle, sources, entityIn, id } = subject;
  const froms = ['START', ...ranks];

  const isOwn = ({ orderId, executionId }: Transition): boolean =>
    (executionId ?? orderId ?? PORTFOLIO_ORDER) === id;

  /** A record that reached this status by the documented path. */
  const recordAt = (status: string): PortfolioOrderRecord => {
    if (status === 'START')
      return name === 'an execution' ? emptyRecord(PORTFOLIO_ORDER) : subject.withEntity(nothing);
    const reached = Object.fromEntries([...(path[status] ?? []), status].map((one) => [one, evidence]));
    return subject.withEntity({ status, reached });
  };
  const codesOf = (record: PortfolioOrderRecord): string[] => [
    ...new Set(
      findingsOf(record)
        .filter((one) => one.id === id)
        .map(({ code }) => code),
    ),
  ];
  /** Expected finding codes of an entity in this state. */
  const expectedCodes = (entity: LooseEntity): string[] => {
    const reached = Object.keys(entity.reached);
    const gaps = (path[entity.status ?? ''] ?? []).filter((one) => !reached.includes(one));
    const excluded = reached.some((one) => reached.some((two) => verdict(one, two) === 'contradicts'));
    return [
      ...(gaps.length > 0 && name === 'a portfolio order' ? ['SKIPPED_STATE'] : []),
      ...(excluded ? ['CONTRADICTION'] : []),
      ...(entity.unknownStatuses ? ['UNKNOWN_STATUS'] : []),
      ...(entity.status === 'CANCELLED' && name === 'an execution' ? ['MISTRADE'] : []),
    ].sort();
  };

  const observations = Object.entries(sources).flatMap(([how, source]) =>
    froms.flatMap((from) => ranks.map((to) => ({ from, to, how, ...source }))),
  );

  test.each(observations)('$from, then $to by $how', ({ from, to, by, observe }) => {
    const before = recordAt(from);
    const { record, transitions } = apply(before, observe(to));
    const entity = entityIn(record);
    expect(entity.status).toBe(after(from, to));

    const known = Object.keys(entityIn(before).reached);
    expect(Object.keys(entity.reached).sort()).toEqual([...new Set([...known, to])].sort());
    for (const status of known) expect(entity.reached[status]).toEqual(evidence);

    const own = transitions.filter(isOwn);
    if (known.includes(to)) {
      expect(own).toEqual([]);
    } else {
      const ruleId = `${lifecycle.subject}:${from}>${to}`;
      expect(own).toEqual([
        expect.objectContaining({
          status: to,
          rule: expect.objectContaining({ id: ruleId }) as unknown,
        }),
      ]);
      expect(sourceOf(entity.reached[to] ?? {})).toBe(by);
      expect(ruleOf(lifecycle, to, entity.reached[to] ?? evidence)).toBe(ruleId);
    }
    expect(codesOf(record).sort()).toEqual(expectedCodes(entity));
  });

  const unknown = Object.entries(sources).flatMap(([how, { observe }]) =>
    froms.map((from) => ({ from, how, observe })),
  );

  test.each(unknown)(
    '$from, then an unknown status by $how: kept and reported, never mapped',
    ({ from, observe }) => {
      const before = recordAt(from);
      const { record, transitions, findings } = apply(before, observe('SUSPENDED'));
      const entity = entityIn(record);
      expect(entity.status).toBe(from === 'START' ? undefined : from);
      expect(entity.reached).toEqual(entityIn(before).reached);
      expect(entity.unknownStatuses).toEqual(['SUSPENDED']);
      expect(transitions.filter(isOwn)).toEqual([]);
      const reported = findings.filter((one) => one.code === 'UNKNOWN_STATUS');
      expect(reported).toEqual([expect.objectContaining({ id })]);
      expect(reported[0]?.message).toContain('SUSPENDED');
      expect(reported[0]?.cause).toBeDefined();
      expect(codesOf(record).sort()).toEqual(expectedCodes(entity));
    },
  );

  test.each(froms)('%s, then a refused cancellation: no status changes', (from) => {
    const before = recordAt(from);
    const { record, transitions, findings } = apply(before, refusal());
    expect(entityIn(record).status).toBe(entityIn(before).status);
    expect(entityIn(record).reached).toEqual(entityIn(before).reached);
    expect(transitions).toEqual([]);
    expect(findings.map(({ code, id: of }) => [code, of])).toEqual([['CANCELLATION_REFUSED', childId(1)]]);
  });

  const disagreeing = froms.flatMap((from) =>
    ranks.flatMap((announced) =>
      ranks.flatMap((status) => (announced === status ? [] : [{ from, announced, status }])),
    ),
  );

  test.each(disagreeing)(
    '$from, then a webhook of the type $announced whose object is $status: like two observations',
    ({ from, announced, status }) => {
      const before = recordAt(from);
      const { record } = apply(before, subject.lagging(announced, status));
      const entity = entityIn(record);
      expect(entity.status).toBe(after(after(from, announced), status));
      const known = Object.keys(entityIn(before).reached);
      expect(Object.keys(entity.reached).sort()).toEqual([...new Set([...known, announced, status])].sort());
      if (!known.includes(announced)) {
        expect(sourceOf(entity.reached[announced] ?? {})).toBe('webhook');
        expect(ruleOf(lifecycle, announced, entity.reached[announced] ?? evidence)).toBe(
          `${lifecycle.subject}:${from}>${announced}`,
        );
      }
      if (!known.includes(status)) expect(sourceOf(entity.reached[status] ?? {})).toBe('snapshot');
      expect(codesOf(record).sort()).toEqual(expectedCodes(entity));
    },
  );

  test.each(froms)(
    '%s, then a webhook with an unknown status in its type: its object counts as a snapshot',
    (from) => {
      for (const status of ranks) {
        const { record } = apply(recordAt(from), subject.lagging('PAUSED', status));
        expect(entityIn(record).status).toBe(after(from, status));
        expect(entityIn(record).unknownStatuses).toEqual(['PAUSED']);
      }
    },
  );
});

test('unknown statuses are kept once each, in alphabetical order, regardless of the order of arrival', () => {
  const statuses = ['REJECTED', 'EXPIRED', 'REJECTED', '__proto__', 'constructor'];
  const record = statuses.reduce(
    (before, status) => apply(before, portfolioOrder(status)).record,
    emptyRecord(PORTFOLIO_ORDER),
  );
  expect(record.unknownStatuses).toEqual(['EXPIRED', 'REJECTED', '__proto__', 'constructor']);
});
