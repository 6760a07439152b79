/**
 * Every status (and none) × every observation × every source, for the three tables. What has to come of it is stated in
 * `verdicts.ts`, without the tables of the product.
 */
import { findingsOf } from '../../src/domain/findings';
import type { Observation } from '../../src/domain/observation';
import { emptyRecord, ruleOf, type PortfolioOrderRecord, type Reached } from '../../src/domain/record';
import {
  executionLifecycle,
  orderLifecycle,
  portfolioOrderLifecycle,
  type Lifecycle,
} from '../../src/domain/lifecycle';
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
} from './samples';
import { statements, type Statement } from './verdicts';

interface LooseRow {
  status?: string;
  reached: Partial<Record<string, Reached>>;
  unknownStatuses?: string[];
}

interface SubjectCase extends Statement {
  lifecycle: Lifecycle<string>;
  id: string;
  /** The ways in which a status of this subject is told, and how each one counts as a proof. */
  sources: Record<string, { by: Reached['by']; sight: (status: string) => Observation }>;
  /** A webhook whose type and object disagree. */
  lagging: (announced: string, status: string) => Observation;
  /** A record with this row as its subject. */
  withRow: (row: LooseRow) => PortfolioOrderRecord;
  rowIn: (record: PortfolioOrderRecord) => LooseRow;
}

const nothing: LooseRow = { reached: {} };
const listedIn = (source: Observation['source'], status: string): Observation =>
  portfolioOrder('PROCESSING', { source, orders: [{ id: childId(1), side: 'BUY', status }] });

const subjects: Record<string, SubjectCase> = {
  'a portfolio order': {
    ...statements['portfolio-order'],
    lifecycle: portfolioOrderLifecycle,
    id: PORTFOLIO_ORDER,
    sources: {
      webhook: { by: 'webhook', sight: (status) => portfolioOrder(status, { announced: status }) },
      'webhook without a status in its type': { by: 'webhook', sight: (status) => portfolioOrder(status) },
      poll: { by: 'poll', sight: (status) => portfolioOrder(status, { source: poll }) },
      placement: { by: 'placement', sight: (status) => portfolioOrder(status, { source: placement }) },
    },
    lagging: (announced, status) => portfolioOrder(status, { announced, updatedAt: at(1) }),
    withRow: (row) => ({ ...emptyRecord(PORTFOLIO_ORDER), ...row }) as PortfolioOrderRecord,
    rowIn: (record) => record,
  },
  'an order': {
    ...statements.order,
    lifecycle: orderLifecycle,
    id: childId(1),
    sources: {
      webhook: { by: 'webhook', sight: (status) => order(status, { announced: status }) },
      'webhook without a status in its type': { by: 'webhook', sight: (status) => order(status) },
      poll: { by: 'poll', sight: (status) => order(status, { source: poll }) },
      'webhook of the portfolio order': { by: 'snapshot', sight: (status) => listedIn(webhook(9), status) },
      'poll of the portfolio order': { by: 'snapshot', sight: (status) => listedIn(poll, status) },
      'placement of the portfolio order': { by: 'snapshot', sight: (status) => listedIn(placement, status) },
    },
    lagging: (announced, status) => order(status, { announced, updatedAt: at(1) }),
    withRow: (row) =>
      ({
        ...emptyRecord(PORTFOLIO_ORDER),
        orders: [{ id: childId(1), number: 1, executions: [], ...row }],
      }) as PortfolioOrderRecord,
    rowIn: (record) => record.orders[0] ?? nothing,
  },
  'an execution': {
    ...statements.execution,
    lifecycle: executionLifecycle,
    id: executionId(1),
    sources: {
      webhook: { by: 'webhook', sight: (status) => execution(status, {}, { announced: status }) },
      'webhook without a status in its type': { by: 'webhook', sight: (status) => execution(status) },
      'webhook of its order': {
        by: 'snapshot',
        sight: (status) => order('PROCESSING', { executions: [facts(status)] }),
      },
      'poll of its order': {
        by: 'snapshot',
        sight: (status) => order('PROCESSING', { source: poll, executions: [facts(status)] }),
      },
    },
    lagging: (announced, status) => execution(status, {}, { announced }),
    withRow: (row) =>
      ({
        ...emptyRecord(PORTFOLIO_ORDER),
        orders: [
          {
            id: childId(1),
            number: 1,
            reached: {},
            executions: [{ ...facts('FILLED'), status: undefined, ...row }],
          },
        ],
      }) as unknown as PortfolioOrderRecord,
    rowIn: (record) => record.orders[0]?.executions[0] ?? nothing,
  },
};

const proof: Reached = { at: at(0), by: 'webhook', eventId: 'earlier' };

describe.each(Object.entries(subjects))('%s', (name, subject) => {
  const { ranks, way, verdict, after, lifecycle, sources, rowIn, id } = subject;
  const froms = ['START', ...ranks];

  /** A record that came to this status by the documented way. */
  const standingAt = (status: string): PortfolioOrderRecord => {
    if (status === 'START')
      return name === 'an execution' ? emptyRecord(PORTFOLIO_ORDER) : subject.withRow(nothing);
    const reached = Object.fromEntries([...(way[status] ?? []), status].map((one) => [one, proof]));
    return subject.withRow({ status, reached });
  };
  const codesOf = (record: PortfolioOrderRecord): string[] => [
    ...new Set(
      findingsOf(record)
        .filter((one) => one.id === id)
        .map(({ code }) => code),
    ),
  ];
  /** Codes of the findings that a row in this state has to have. */
  const expectedCodes = (row: LooseRow): string[] => {
    const reached = Object.keys(row.reached);
    const gaps = (way[row.status ?? ''] ?? []).filter((one) => !reached.includes(one));
    const excluded = reached.some((one) => reached.some((two) => verdict(one, two) === 'contradicts'));
    return [
      ...(gaps.length > 0 && name === 'a portfolio order' ? ['SKIPPED_STATE'] : []),
      ...(excluded ? ['CONTRADICTION'] : []),
      ...(row.unknownStatuses ? ['UNKNOWN_STATUS'] : []),
      ...(row.status === 'CANCELLED' && name === 'an execution' ? ['MISTRADE'] : []),
    ].sort();
  };

  const sightings = Object.entries(sources).flatMap(([how, source]) =>
    froms.flatMap((from) => ranks.map((to) => ({ from, to, how, ...source }))),
  );

  test.each(sightings)('$from, then $to by $how', ({ from, to, by, sight }) => {
    const before = standingAt(from);
    const { record, transitions } = apply(before, sight(to));
    const row = rowIn(record);
    expect(row.status).toBe(after(from, to));

    const known = Object.keys(rowIn(before).reached);
    expect(Object.keys(row.reached).sort()).toEqual([...new Set([...known, to])].sort());
    for (const status of known) expect(row.reached[status]).toEqual(proof);

    const own = transitions.filter((one) => one.id === id);
    if (known.includes(to)) {
      expect(own).toEqual([]);
    } else {
      const rule = `${lifecycle.subject}:${from}>${to}`;
      expect(own).toEqual([
        expect.objectContaining({
          subject: lifecycle.subject,
          status: to,
          step: expect.objectContaining({ id: rule }) as unknown,
        }),
      ]);
      expect(row.reached[to]?.by).toBe(by);
      expect(ruleOf(lifecycle, to, row.reached[to] ?? proof)).toBe(rule);
    }
    expect(codesOf(record).sort()).toEqual(expectedCodes(row));
  });

  const unknown = Object.entries(sources).flatMap(([how, { sight }]) =>
    froms.map((from) => ({ from, how, sight })),
  );

  test.each(unknown)(
    '$from, then an unknown word by $how: kept and reported, never mapped',
    ({ from, sight }) => {
      const before = standingAt(from);
      const { record, transitions, findings } = apply(before, sight('SUSPENDED'));
      const row = rowIn(record);
      expect(row.status).toBe(from === 'START' ? undefined : from);
      expect(row.reached).toEqual(rowIn(before).reached);
      expect(row.unknownStatuses).toEqual(['SUSPENDED']);
      expect(transitions.filter((one) => one.id === id)).toEqual([]);
      const reported = findings.filter((one) => one.code === 'UNKNOWN_STATUS');
      expect(reported).toEqual([expect.objectContaining({ id })]);
      expect(reported[0]?.message).toContain('SUSPENDED');
      expect(reported[0]?.cause).toBeDefined();
      expect(codesOf(record).sort()).toEqual(expectedCodes(row));
    },
  );

  test.each(froms)('%s, then a refused cancellation: no status moves', (from) => {
    const before = standingAt(from);
    const { record, transitions, findings } = apply(before, refusal());
    expect(rowIn(record).status).toBe(rowIn(before).status);
    expect(rowIn(record).reached).toEqual(rowIn(before).reached);
    expect(transitions).toEqual([]);
    expect(findings.map(({ code, id: of }) => [code, of])).toEqual([['CANCELLATION_REFUSED', childId(1)]]);
  });

  const disagreeing = froms.flatMap((from) =>
    ranks.flatMap((announced) =>
      ranks.flatMap((status) => (announced === status ? [] : [{ from, announced, status }])),
    ),
  );

  test.each(disagreeing)(
    '$from, then a webhook of the type $announced whose object is $status: as if both were told',
    ({ from, announced, status }) => {
      const before = standingAt(from);
      const { record } = apply(before, subject.lagging(announced, status));
      const row = rowIn(record);
      expect(row.status).toBe(after(after(from, announced), status));
      const known = Object.keys(rowIn(before).reached);
      expect(Object.keys(row.reached).sort()).toEqual([...new Set([...known, announced, status])].sort());
      if (!known.includes(announced)) {
        expect(row.reached[announced]?.by).toBe('webhook');
        expect(ruleOf(lifecycle, announced, row.reached[announced] ?? proof)).toBe(
          `${lifecycle.subject}:${from}>${announced}`,
        );
      }
      if (!known.includes(status)) expect(row.reached[status]?.by).toBe('snapshot');
      expect(codesOf(record).sort()).toEqual(expectedCodes(row));
    },
  );

  test.each(froms)(
    '%s, then a webhook whose type is an unknown word: its object counts as a snapshot',
    (from) => {
      for (const status of ranks) {
        const { record } = apply(standingAt(from), subject.lagging('PAUSED', status));
        expect(rowIn(record).status).toBe(after(from, status));
        expect(rowIn(record).unknownStatuses).toEqual(['PAUSED']);
      }
    },
  );
});

test('unknown words are kept once each, in alphabetical order, whatever the order of arrival', () => {
  const words = ['REJECTED', 'EXPIRED', 'REJECTED', '__proto__', 'constructor'];
  const record = words.reduce(
    (before, word) => apply(before, portfolioOrder(word)).record,
    emptyRecord(PORTFOLIO_ORDER),
  );
  expect(record.unknownStatuses).toEqual(['EXPIRED', 'REJECTED', '__proto__', 'constructor']);
});
