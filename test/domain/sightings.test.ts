/** Every status × every observation of every source, applied to a record of that status. */
import type { Observation } from '../../src/domain/observation';
import { emptyRecord, type PortfolioOrderRecord, type Reached } from '../../src/domain/record';
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
  webhook,
} from './samples';

interface LooseRow {
  status?: string;
  reached: Partial<Record<string, Reached>>;
  unknownStatuses?: string[];
}

interface SubjectCase {
  /** Lowest rank first. */
  ranks: string[];
  /** The ways in which a status of this subject is told. */
  sightings: Record<string, (status: string) => Observation>;
  /** A record whose subject stands at the status, or is not known. */
  standingAt: (status: string | undefined) => PortfolioOrderRecord;
  rowIn: (record: PortfolioOrderRecord) => LooseRow;
}

const proof: Reached = { at: at(0), by: 'webhook', eventId: 'earlier' };
const row = (status: string | undefined): LooseRow =>
  status === undefined ? { reached: {} } : { status, reached: { [status]: proof } };

const subjects: Record<string, SubjectCase> = {
  'a portfolio order': {
    ranks: ['NEW', 'PROCESSING', 'FILLED', 'CANCELLED', 'SETTLED'],
    sightings: {
      webhook: (status) => portfolioOrder(status, { source: webhook(9), announced: status }),
      'webhook without a status in its type': (status) => portfolioOrder(status, { source: webhook(9) }),
      poll: (status) => portfolioOrder(status, { source: poll }),
      placement: (status) => portfolioOrder(status, { source: placement }),
    },
    standingAt: (status) => ({ ...emptyRecord(PORTFOLIO_ORDER), ...row(status) }) as PortfolioOrderRecord,
    rowIn: (record) => record,
  },
  'an order': {
    ranks: ['NEW', 'PROCESSING', 'CANCELLED', 'FILLED'],
    sightings: {
      webhook: (status) => order(status, { announced: status }),
      poll: (status) => order(status, { source: poll }),
      'snapshot of the portfolio order': (status) =>
        portfolioOrder('PROCESSING', { orders: [{ id: childId(1), side: 'BUY', status }] }),
    },
    standingAt: (status) =>
      ({
        ...emptyRecord(PORTFOLIO_ORDER),
        orders: [{ id: childId(1), number: 1, executions: [], ...row(status) }],
      }) as PortfolioOrderRecord,
    rowIn: (record) => record.orders[0] ?? row(undefined),
  },
  'an execution': {
    ranks: ['FILLED', 'SETTLED', 'CANCELLED'],
    sightings: {
      webhook: (status) => execution(status, {}, { announced: status }),
      'webhook of its order': (status) => order('PROCESSING', { executions: [facts(status)] }),
      'poll of its order': (status) => order('PROCESSING', { source: poll, executions: [facts(status)] }),
    },
    standingAt: (status) =>
      ({
        ...emptyRecord(PORTFOLIO_ORDER),
        orders: [
          {
            id: childId(1),
            number: 1,
            reached: {},
            executions: status === undefined ? [] : [{ ...facts(status), ...row(status) }],
          },
        ],
      }) as PortfolioOrderRecord,
    rowIn: (record) => record.orders[0]?.executions[0] ?? row(undefined),
  },
};

describe.each(Object.entries(subjects))('%s', (_subject, { ranks, sightings, standingAt, rowIn }) => {
  const known = Object.entries(sightings).flatMap(([how, sight]) =>
    [undefined, ...ranks].flatMap((from) => ranks.map((to) => ({ from: from ?? 'START', to, how, sight }))),
  );

  test.each(known)(
    '$from, then $to by $how: the higher rank counts, both are proved',
    ({ from, to, sight }) => {
      const start = from === 'START' ? undefined : from;
      const before = standingAt(start);
      const { record, transitions, findings } = apply(before, sight(to));
      const after = rowIn(record);
      expect(after.status).toBe(start !== undefined && ranks.indexOf(start) > ranks.indexOf(to) ? start : to);
      expect(Object.keys(after.reached).sort()).toEqual([...new Set([...(start ? [start] : []), to])].sort());
      if (start !== undefined) expect(after.reached[start]).toEqual(proof);

      const own = transitions.filter((one) => one.status === to && one.id === idOf(after));
      expect(own).toHaveLength(start === to ? 0 : 1);
      const rises = ranks.indexOf(to) > ranks.indexOf(start ?? '');
      expect(own.some((one) => one.step !== undefined)).toBe(rises && start !== to);
      expect(findings.filter((one) => one.code === 'UNKNOWN_STATUS')).toEqual([]);
    },
  );

  const unknown = Object.entries(sightings).flatMap(([how, sight]) =>
    [undefined, ...ranks].map((from) => ({ from: from ?? 'START', how, sight })),
  );

  test.each(unknown)(
    '$from, then an unknown word by $how: kept and reported, never mapped',
    ({ from, sight }) => {
      const start = from === 'START' ? undefined : from;
      const { record, findings } = apply(standingAt(start), sight('SUSPENDED'));
      const after = rowIn(record);
      expect(after.status).toBe(start);
      expect(Object.keys(after.reached)).toEqual(start === undefined ? [] : [start]);
      expect(after.unknownStatuses).toEqual(['SUSPENDED']);
      const reported = findings.filter((one) => one.code === 'UNKNOWN_STATUS');
      expect(reported).toEqual([expect.objectContaining({ id: idOf(after) })]);
      expect(reported[0]?.message).toContain('SUSPENDED');
    },
  );
});

test('unknown words are kept once each, in alphabetical order, whatever the order of arrival', () => {
  const words = ['REJECTED', 'EXPIRED', 'REJECTED'];
  const record = words.reduce(
    (before, word) => apply(before, portfolioOrder(word)).record,
    emptyRecord(PORTFOLIO_ORDER),
  );
  expect(record.unknownStatuses).toEqual(['EXPIRED', 'REJECTED']);
});

function idOf(after: object): string {
  if ('portfolioOrderId' in after) return PORTFOLIO_ORDER;
  return 'number' in after ? childId(1) : executionId(1);
}
