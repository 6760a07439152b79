/** The report of what was settled, and the log of decisions. */
import { UnreadablePosition } from '../../src/app/ports/order-list';
import type { DecisionFilter } from '../../src/app/ports/reports';
import type { RecordsDatabase } from '../../src/records/connect';
import { createDecisionLog } from '../../src/records/lists/decision-log';
import { createReports } from '../../src/records/lists/settled-report';
import { at, openOrder, settledOrder, store, type Row } from './listed-orders';

const sums = (...rows: Record<string, string>[]): Row => ({
  sums: JSON.stringify(
    rows.map((row) => ({
      side: 'BUY',
      currency: 'EUR',
      executed: '0',
      settled: '0',
      fees: '0',
      taxes: '0',
      ...row,
    })),
  ),
});

export function describeReports(records: () => RecordsDatabase): void {
  describe('the report of settled orders', () => {
    beforeAll(async () => {
      await store(records(), {
        // Midnight in Berlin is 23:00 UTC in winter, and 22:00 UTC from 2026-03-29 on.
        'report.before': settledOrder({ settled_at: '2026-03-01T22:59:59.999Z', ...sums({ executed: '1' }) }),
        'report.first': settledOrder({
          ...{ settled_at: '2026-03-01T23:00:00.000Z', ordered: '0.10' },
          ...sums({ executed: '0.1', settled: '0.1', fees: '0.01', taxes: '0.001' }),
        }),
        'report.second': settledOrder({
          ...{ settled_at: at('12:00'), ordered: '0.20' },
          ...sums(
            { executed: '0.2', settled: '0.1', fees: '0.01' },
            { side: 'SELL', executed: '12345678901234567890.10', settled: '0', fees: '0.02' },
            { currency: 'USD', executed: '7.5', settled: '7.5', fees: '0.30' },
          ),
        }),
        'report.pound': settledOrder({
          ...{ settled_at: at('12:00'), ordered: '50', currency: 'GBP' },
          ...sums({ currency: 'GBP', executed: '49.5', settled: '49.5' }),
        }),
        'report.unknown': settledOrder({
          ...{ settled_at: at('13:00'), ordered: null },
          ...sums({ executed: '3', settled: '3' }),
        }),
        'report.next': settledOrder({ settled_at: '2026-03-02T23:00:00.000Z' }),
        'report.summer': settledOrder({ settled_at: '2026-03-29T22:00:00.000Z', ...sums({ executed: '4' }) }),
        'report.open': openOrder({ ...sums({ executed: '5' }) }),
        'report.nothing': settledOrder({ settled_at: '2026-04-15T12:00:00.000Z', ordered: '8' }),
      });
    });
    const report = (from: string, to = from) => createReports(records()).settled({ from, to });

    it('sums a day of Berlin by currency, exactly', async () => {
      expect(await report('2026-03-02')).toEqual([
        {
          ...{ day: '2026-03-02', currency: 'EUR', orders: 3, ordered: '0.30' },
          ...{ executed: '12345678901234567893.40', settled: '3.2', fees: '0.04', taxes: '0.001' },
        },
        {
          ...{ day: '2026-03-02', currency: 'GBP', orders: 1, ordered: '50' },
          ...{ executed: '49.5', settled: '49.5', fees: '0', taxes: '0' },
        },
        {
          ...{ day: '2026-03-02', currency: 'USD', orders: 1, ordered: '0' },
          ...{ executed: '7.5', settled: '7.5', fees: '0.30', taxes: '0' },
        },
      ]);
    });

    it('has each day of a range, both ends included', async () => {
      const days = (await report('2026-03-01', '2026-03-03')).map(
        ({ day, currency }) => `${day} ${currency}`,
      );
      expect(days).toEqual([
        ...['2026-03-01 EUR', '2026-03-02 EUR', '2026-03-02 GBP', '2026-03-02 USD', '2026-03-03 EUR'],
      ]);
    });

    it('knows summer time', async () => {
      expect(await report('2026-03-29')).toEqual([]);
      expect(await report('2026-03-30')).toMatchObject([{ day: '2026-03-30', executed: '4' }]);
    });

    it('has an order without executions', async () => {
      expect(await report('2026-04-15')).toEqual([
        {
          ...{ day: '2026-04-15', currency: 'EUR', orders: 1, ordered: '8' },
          ...{ executed: '0', settled: '0', fees: '0', taxes: '0' },
        },
      ]);
    });
  });

  describe('the log of decisions', () => {
    const log = () => createDecisionLog(records());
    const rules = async (filter: DecisionFilter): Promise<string[]> =>
      (await log().page(filter, { limit: 100 })).decisions.map(({ rule }) => rule);

    beforeAll(async () => {
      const decision = (seq: number, rule: string, more: Record<string, string | null> = {}) => ({
        ...{
          seq,
          id: `id-${seq}`,
          rule,
          subject: `portfolio-order/id-${seq}`,
          portfolio_order_id: `order-${seq}`,
        },
        ...{ reference: null, actor: 'anna (desk)', reason: 'Because.', decided_at: at(`10:0${seq}`) },
        ...{ content: `{"rule":"${rule}"}`, sha256: '-', previous_hash: '-', hash: `hash-${seq}` },
        ...more,
      });
      await records()
        .insertInto('decisions')
        .values([
          decision(1, 'operator:cancel', { reference: 'savings-1' }),
          decision(2, 'operator:close', { actor: 'desk', reason: null }),
          decision(3, 'operator:release', { content: null, decided_at: at('10:02') }),
          decision(4, 'operator:discard', { portfolio_order_id: null, subject: 'parked-event/x/y' }),
        ])
        .execute();
    });

    it('has the latest first', async () => {
      const all = ['operator:discard', 'operator:release', 'operator:close', 'operator:cancel'];
      expect(await rules({})).toEqual(all);
    });

    it.each<[string, DecisionFilter, string[]]>([
      ['actor', { actor: 'desk' }, ['operator:close']],
      ['reference', { order: 'savings-1' }, ['operator:cancel']],
      ['order id', { order: 'order-3' }, ['operator:release']],
      ['order id in capitals', { order: 'ORDER-3' }, ['operator:release']],
      [
        'time, from included and to not',
        { from: at('10:02'), to: at('10:04') },
        ['operator:release', 'operator:close'],
      ],
      ['actor and order', { actor: 'desk', order: 'order-3' }, []],
    ])('filters by %s', async (_what, filter, expected) => {
      expect(await rules(filter)).toEqual(expected);
    });

    it('shows of each what was stored, and the hash of its link', async () => {
      const { decisions } = await log().page({ order: 'savings-1' }, { limit: 1 });
      expect(decisions).toEqual([
        {
          number: 1,
          decidedAt: at('10:01'),
          rule: 'operator:cancel',
          actor: 'anna (desk)',
          reason: 'Because.',
          portfolioOrderId: 'order-1',
          reference: 'savings-1',
          subject: 'portfolio-order/id-1',
          content: { rule: 'operator:cancel' },
          hash: 'hash-1',
        },
      ]);
      const [deleted] = (await log().page({ order: 'order-3' }, { limit: 1 })).decisions;
      expect(deleted).not.toHaveProperty('content');
      const [close] = (await log().page({ actor: 'desk' }, { limit: 1 })).decisions;
      expect(close).not.toHaveProperty('reason');
    });

    it('has every decision on exactly one page', async () => {
      const seen: number[] = [];
      for (let cursor: string | undefined; ;) {
        const { decisions, next } = await log().page({}, { limit: 1, ...(cursor && { cursor }) });
        seen.push(...decisions.map(({ number }) => number));
        if (next === undefined) break;
        cursor = next;
      }
      expect(seen).toEqual([4, 3, 2, 1]);
    });

    it.each([
      ['AAAA'],
      [Buffer.from('["2026-99-99 00:00:00+00",1]').toString('base64url')],
      [Buffer.from('["x",1]').toString('base64url')],
    ])('refuses the position %s that no page had', async (cursor) => {
      await expect(log().page({}, { limit: 1, cursor })).rejects.toBeInstanceOf(UnreadablePosition);
    });
  });
}
