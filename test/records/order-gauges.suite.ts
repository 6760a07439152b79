/** Gauges of orders and the state of the partners, in SQL. */
import type { RecordsDatabase } from '../../src/records/connect';
import { createOrderGauges } from '../../src/records/lists/gauges';
import { createPartnerStatus } from '../../src/records/lists/partner-status';
import { at, openOrder, rejectedOrder, settledOrder, store } from './listed-orders';

export function describeOrderGauges(records: () => RecordsDatabase): void {
  describe('gauges of orders', () => {
    it('are zero without orders, and no partner fails', async () => {
      expect(await createPartnerStatus(records())()).toEqual({
        esw: { state: 'ok' },
        upvest: { state: 'ok' },
      });
      expect(await createOrderGauges(records())()).toEqual({
        open: [],
        attentions: [],
        pending: { events: 0, orders: 0 },
        failing: [
          { partner: 'esw', orders: 0 },
          { partner: 'upvest', orders: 0 },
        ],
      });
    });

    it('count open orders, and attentions of all', async () => {
      await store(records(), {
        one: openOrder({
          ...{
            opened_at: at('09:00'),
            attention: ['MISTRADE'],
            pending_events: 2,
            pending_since: at('09:30'),
          },
          ...{
            esw_error: 'the newest',
            esw_failing_since: at('09:31'),
            upvest_error: 'no',
            upvest_failing_since: at('09:32'),
          },
        }),
        two: openOrder({
          ...{ opened_at: at('08:00'), attention: ['MISTRADE', 'REGRESSION'] },
          ...{
            pending_events: 1,
            pending_since: at('09:20'),
            esw_error: 'no',
            esw_failing_since: at('09:25'),
          },
        }),
        three: openOrder({ opened_at: at('07:00'), status: 'NEW' }),
        four: openOrder({ phase: 'PLACING', status: null, portfolio_order_id: null }),
        done: settledOrder({
          ...{ attention: ['MISTRADE'], esw_error: 'over', esw_failing_since: at('08:00') },
        }),
        rejected: rejectedOrder({ portfolio_order_id: null }),
      });
      expect(await createOrderGauges(records())()).toEqual({
        open: [
          { phase: 'PLACING', orders: 1, oldestOpenedAt: at('09:00') },
          { phase: 'TRACKED', status: 'NEW', orders: 1, oldestOpenedAt: at('07:00') },
          { phase: 'TRACKED', status: 'PROCESSING', orders: 2, oldestOpenedAt: at('08:00') },
        ],
        attentions: [
          { code: 'MISTRADE', isOpen: true, orders: 2 },
          { code: 'MISTRADE', isOpen: false, orders: 1 },
          { code: 'REGRESSION', isOpen: true, orders: 1 },
        ],
        pending: { events: 3, orders: 2, since: at('09:20') },
        failing: [
          { partner: 'esw', orders: 2, since: at('09:25') },
          { partner: 'upvest', orders: 1, since: at('09:32') },
        ],
      });
      expect(await createPartnerStatus(records())()).toEqual({
        esw: { state: 'failing', since: at('09:25'), lastError: 'the newest', ordersWaiting: 2 },
        upvest: { state: 'failing', since: at('09:32'), lastError: 'no', ordersWaiting: 1 },
      });
    });
  });
}
