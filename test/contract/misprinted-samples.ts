/**
 * Events of a portfolio order with the misprints of Upvest's guides (references/upvest.md#known-inconsistencies); all
 * values are our own. Ids with letters and `@`, `state` for `status`, names with a space, a time without its `T`, a NEW
 * that is already PROCESSING, missing fields.
 */
import { randomUUID } from 'node:crypto';
import type { BrokerEventFields, Fields } from './broker-objects';

/** An invalid time: the `T` is missing. */
export const TIME_WITHOUT_T = '2021-07-2114:10:00.000Z';

export interface PrintedOrder {
  id: string;
  childIds: string[];
  events: BrokerEventFields[];
}

export function printedOrder(): PrintedOrder {
  const mark = randomUUID().slice(0, 8);
  const id = `p0rtfol@-${mark}-ordr-wxyz-00000000000z`;
  const childIds = ['x', 'y', 'z'].map((letter) => `ch1ld@0${letter}-${mark}-ordr-wxyz-00000000000${letter}`);
  let seconds = 10;
  const event = (type: string, object: Fields): BrokerEventFields => ({
    id: `ev@nt-${randomUUID()}`,
    'created at': `2021-07-21T14:10:${seconds++}.000Z`,
    type,
    object,
    webhook_id: `w@bhook-${mark}`,
  });
  const parent = (status: string, state: string): Fields => ({
    id,
    'created at': '2021-07-21T14:10:00Z',
    updated_at: TIME_WITHOUT_T,
    'account id': `acc@unt-${mark}`,
    'cash amount': '90',
    currency: 'EUR',
    status,
    type: 'BUY',
    orders: childIds.map((child) => ({ id: child, side: 'BUY', state })),
  });
  const child = (childId: string, status: string): Fields => ({
    id: childId,
    created_at: '2021-07-21T14:10:05Z',
    'updated at': '2021-07-21T14:10:15Z',
    'cash amount': '30',
    quantity: '0',
    limit_price: '',
    currency: 'EUR',
    side: 'BUY',
    'instrument id': 'IE00B3XXRP09',
    state: status,
    initiation_flow: 'PORTFOLIO',
    'client reference': id,
    executions: [],
  });
  const execution = (childId: string, status: string): Fields => ({
    id: `ex@c-${childId}`,
    'order id': childId,
    'cash amount': '30.00',
    'share quantity': '0.25',
    price: '120',
    currency: 'EUR',
    side: 'BUY',
    state: status,
    'transaction time': TIME_WITHOUT_T,
  });
  return {
    id,
    childIds,
    events: [
      event('PORTFOLIO_ORDER.NEW', parent('PROCESSING', 'NEW')),
      ...childIds.map((one) => event('ORDER.NEW', child(one, 'NEW'))),
      event('PORTFOLIO_ORDER.PROCESSING', parent('PROCESSING', 'PROCESSING')),
      ...childIds.map((one) => event('ORDER.PROCESSING', child(one, 'PROCESSING'))),
      ...childIds.map((one) => event('ORDER.FILLED', child(one, 'FILLED'))),
      ...childIds.map((one) => event('EXECUTION.FILLED', execution(one, 'FILLED'))),
      event('PORTFOLIO_ORDER.FILLED', parent('FILLED', 'FILLED')),
      ...childIds.map((one) => event('EXECUTION.SETTLED', execution(one, 'SETTLED'))),
      event('PORTFOLIO_ORDER.SETTLED', parent('SETTLED', 'FILLED')),
    ],
  };
}
