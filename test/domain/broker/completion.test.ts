/** The completion rule: docs/rules.md. */
import { isFinishedAtBroker, openItems } from '../../../src/domain/broker/completion';
import type { Observation } from '../../../src/domain/broker/observation';
import { emptyRecord } from '../../../src/domain/broker/record';
import { child, filled, parent } from '../reports';
import { execution, PORTFOLIO_ORDER, recordOf } from '../samples';

const openCases: { situation: string; observations: Observation[]; open: RegExp[] }[] = [
  { situation: 'nothing was seen', observations: [], open: [/not seen yet/] },
  { situation: 'NEW without children', observations: parent('NEW'), open: [/NEW/] },
  {
    situation: 'a filled portfolio order with final children',
    observations: [...parent('FILLED'), ...filled(1, 'SETTLED')],
    open: [/FILLED/],
  },
  {
    situation: 'a settled portfolio order with an open execution',
    observations: [...parent('SETTLED'), ...filled(1, 'SETTLED', 'FILLED')],
    open: [/1 of 2 executions/],
  },
  {
    situation: 'a settled portfolio order with a child that is not final',
    observations: [...parent('SETTLED'), ...filled(1, 'SETTLED'), ...child(2, 'PROCESSING')],
    open: [/1 of 2 orders/],
  },
  {
    situation: 'a settled portfolio order with a filled child without a known execution',
    observations: [...parent('SETTLED'), ...filled(1)],
    open: [/execution details of 1 ended orders are missing/],
  },
  {
    situation: 'a settled portfolio order with an execution whose order was never seen',
    observations: [...parent('SETTLED'), execution('SETTLED')],
    open: [/1 of 1 orders/],
  },
  {
    situation: 'a settled portfolio order with an execution of an unknown status',
    observations: [...parent('SETTLED'), ...filled(1, 'HALTED')],
    open: [/1 of 1 executions/],
  },
  {
    situation: 'a cancelled portfolio order with a filled child that is not settled',
    observations: [...parent('CANCELLED'), ...filled(1, 'FILLED'), ...child(2, 'CANCELLED')],
    open: [/1 of 1 executions/],
  },
  {
    situation: 'a cancelled portfolio order with a cancelled child whose filled part is not settled',
    observations: [...parent('CANCELLED'), ...child(1, 'CANCELLED'), execution('FILLED')],
    open: [/1 of 1 executions/],
  },
  {
    situation: 'a cancelled portfolio order with a child that is not final',
    observations: [...parent('CANCELLED'), ...child(1, 'NEW')],
    open: [/1 of 1 orders/],
  },
  { situation: 'cancelled without children', observations: parent('CANCELLED'), open: [] },
  {
    situation: 'cancelled with cancelled children',
    observations: [...parent('CANCELLED'), ...child(1, 'CANCELLED')],
    open: [],
  },
  {
    situation: 'settled, one execution settled and one a mistrade',
    observations: [...parent('SETTLED'), ...filled(1, 'SETTLED', 'CANCELLED')],
    open: [],
  },
  {
    situation: 'cancelled with a settled child',
    observations: [...parent('CANCELLED'), ...filled(1, 'SETTLED'), ...child(2, 'CANCELLED')],
    open: [],
  },
];

test.each(openCases)('completion: $situation', ({ observations, open }) => {
  const record = recordOf(...observations);
  expect(isFinishedAtBroker(record)).toBe(open.length === 0);
  expect(openItems(record)).toEqual(open.map((phrase) => expect.stringMatching(phrase) as string));
});

test('a record with nothing but the id is not finished', () => {
  expect(isFinishedAtBroker(emptyRecord(PORTFOLIO_ORDER))).toBe(false);
});
