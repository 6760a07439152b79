import { placementAttentions } from '../../../src/domain/views/placement-attentions';
import { stripVTControlCharacters } from 'node:util';
import { printUntilEnd, EventLog } from '../../../src/cli/output/event-log';
import type { OrderView } from '../../../src/domain/views/row-view';
import type { PortfolioOrderView } from '../../../src/domain/views/order-view';
import type { OrderStatusView } from '../../../src/app/orders/read';

const at = (second: number): string => `2026-01-02T09:00:${String(second).padStart(2, '0')}.000Z`;

const placement: NonNullable<OrderStatusView['placement']> = {
  reference: 'my-order',
  requestedAt: at(0),
  phase: 'PLACING',
  waitingFor: 'Upvest to answer the POST.',
  request: {
    userId: 'user-1',
    accountId: 'account-1',
    cashAmount: '1000.00',
    currency: 'EUR',
    side: 'BUY',
    postTax: false,
  },
};

const child: OrderView = {
  id: 'order-1',
  number: 1,
  instrumentId: 'IE00B3XXRP09',
  status: 'FILLED',
  reached: { NEW: { at: at(2), by: 'webhook' }, FILLED: { at: at(5), by: 'poll' } },
  executions: [
    {
      id: 'execution-1',
      side: 'BUY',
      cashAmount: '999.99',
      currency: 'EUR',
      shareQuantity: '7.5',
      price: '133.33',
      status: 'FILLED',
      reached: { FILLED: { at: at(4), by: 'snapshot' } },
    },
  ],
};

function order(changes: Partial<PortfolioOrderView> = {}): PortfolioOrderView {
  return {
    portfolioOrderId: 'po-1',
    origin: 'placed',
    status: 'NEW',
    type: 'BUY',
    cashAmount: '1000.00',
    currency: 'EUR',
    reached: [{ status: 'NEW', at: at(1), by: 'placement' }],
    progress: { orders: 0, final: 0, executions: 0, settled: 0, cancelled: 0, text: '' },
    orders: [],
    fulfillment: { accepted: [], pending: [], refused: [] },
    finished: false,
    waitingFor: 'The broker.',
    waits: [],
    questions: { missed: 0, nothingNew: 0, failed: 0 },
    findings: [],
    attention: [],
    attentions: [],
    actions: [],
    run: 1,
    ...changes,
  };
}

/** Lines without colours and times. */
const newLines = (log: EventLog, view: OrderStatusView): string[] =>
  log.next(view).map((line) => stripVTControlCharacters(line).slice(14));

const PLACING = 'Us      placing BUY 1000.00 EUR on account account-1 as my-order';
const NEW = 'Upvest  portfolio order po-1 is NEW (BUY 1000.00 EUR)  [answer to our POST]';

describe('the event log of an order', () => {
  it('prints each event once', () => {
    const log = new EventLog();
    const placing: OrderStatusView = { phase: 'PLACING', reference: 'my-order', placement };
    expect(newLines(log, placing)).toEqual([PLACING]);
    expect(newLines(log, placing)).toEqual([]);
    const tracked: OrderStatusView = { phase: 'TRACKED', placement, order: order() };
    expect(newLines(log, tracked)).toEqual([NEW]);
    expect(newLines(log, tracked)).toEqual([]);
  });

  it('prints new events by time, not by their order in the view', () => {
    const processing = { status: 'PROCESSING', at: at(3), by: 'webhook' as const };
    const view = order({ reached: [processing, ...order().reached], orders: [child] });
    expect(newLines(new EventLog(), { phase: 'TRACKED', placement, order: view })).toEqual([
      PLACING,
      NEW,
      'Upvest    order 1 IE00B3XXRP09 is NEW  [webhook]',
      'Upvest  portfolio order po-1 is PROCESSING  [webhook]',
      'Upvest      execution of order 1 IE00B3XXRP09 is FILLED: 7.5 for 999.99 EUR  [order snapshot]',
      'Upvest    order 1 IE00B3XXRP09 is FILLED  [reconciliation]',
    ]);
  });

  it('prints events of children and executions', () => {
    const log = new EventLog();
    const view = (orders: OrderView[]): OrderStatusView => ({ phase: 'TRACKED', order: order({ orders }) });
    const { instrumentId, ...second } = { ...child, id: 'order-2', number: 2, executions: [] };
    expect(instrumentId).toBeDefined();
    expect(newLines(log, view([child]))).toHaveLength(4);
    expect(newLines(log, view([child, second]))).toEqual([
      'Upvest    order 2 is NEW  [webhook]',
      'Upvest    order 2 is FILLED  [reconciliation]',
    ]);
    const settled = structuredClone(child);
    for (const one of settled.executions) one.reached.SETTLED = { at: at(9), by: 'webhook' };
    expect(newLines(log, view([settled, second]))).toEqual([
      'Upvest      execution of order 1 IE00B3XXRP09 is SETTLED: 7.5 for 999.99 EUR  [webhook]',
    ]);
  });

  it('prints accepted events by their id, not by status', () => {
    const log = new EventLog();
    const view = (ids: string[]): OrderStatusView => ({
      phase: 'TRACKED',
      order: order({
        fulfillment: { accepted: ids.map((id) => ({ status: 'NEW', id })), pending: [], refused: [] },
      }),
    });
    expect(newLines(log, view(['event-1']))).toEqual([NEW, 'ESW     accepted the event for NEW  [event-1]']);
    expect(newLines(log, view(['event-1', 'event-2']))).toEqual([
      'ESW     accepted the event for NEW  [event-2]',
    ]);
  });

  it('prints once why Upvest rejected the order', () => {
    const log = new EventLog();
    const problem = { status: 422, title: 'Not possible', detail: 'The account is closed.' };
    const refused: OrderStatusView = {
      phase: 'REFUSED',
      placement: { ...placement, phase: 'REFUSED', problem },
    };
    expect(newLines(log, refused)).toEqual([
      PLACING,
      'Upvest  rejected the order: 422 The account is closed.',
    ]);
    expect(newLines(log, refused)).toEqual([]);
  });

  it('names the time of each happening', () => {
    const [line = ''] = new EventLog().next({ phase: 'PLACING', placement });
    expect(stripVTControlCharacters(line)).toMatch(/^09:00:00\.000 {2}Us /);
  });

  it('names the time at which an attention arose; without one it says that it was noticed now (14.19)', () => {
    const attention = { message: 'why', advice: 'what', actions: [] };
    const attentions = [
      { ...attention, code: 'EMISSION_REFUSED' as const, key: 'one', since: at(2) },
      { ...attention, code: 'UNKNOWN_TO_BROKER' as const, key: 'two' },
    ];
    const view: OrderStatusView = { phase: 'TRACKED', order: order({ attentions }), interrupted: true };
    const lines = new EventLog().next(view).map(stripVTControlCharacters);
    expect(lines).toContain(`${at(2).slice(11, 23)}  Us      needs attention: EMISSION_REFUSED why`);
    const noticed = lines.filter((line) => line.endsWith('  [noticed now]'));
    expect(noticed.map((line) => line.slice(14))).toEqual([
      expect.stringMatching(/^Us {6}the workflow of this order was terminated or failed/),
      'Us      needs attention: UNKNOWN_TO_BROKER why  [noticed now]',
    ]);
  });

  it('prints what needs attention of an order that is not placed, at the time at which it arose (14.57)', () => {
    const log = new EventLog();
    const stopped = {
      why: 'unauthorised' as const,
      message: '403 forbidden',
      since: at(2),
      until: at(3),
      count: 1,
      flagged: true as const,
    };
    const lines = ({ phase, placement: shown = placement }: OrderStatusView) => {
      const view = { phase, placement: { ...shown, attentions: placementAttentions(shown) } };
      return log.next(view).map(stripVTControlCharacters).slice(-1);
    };
    const time = (minute: number) => at(minute).slice(11, 23);
    expect(lines({ phase: 'PLACING', placement: { ...placement, stopped } })).toEqual([
      `${time(2)}  Us      needs attention: PLACEMENT_STOPPED No attempt to place the order got through: 403 forbidden`,
    ]);
    expect(
      lines({ phase: 'PLACING', placement: { ...placement, stopped: { ...stopped, count: 2 } } }),
    ).toEqual([]);
    const steps = [{ at: at(4), rule: 'placement:unknown' as const, text: 'It is unknown' }];
    const unknown: OrderStatusView = {
      phase: 'UNKNOWN',
      placement: { ...placement, phase: 'UNKNOWN', steps },
    };
    expect(lines(unknown)).toEqual([
      `${time(4)}  Us      needs attention: PLACEMENT_UNKNOWN It is unknown whether Upvest has the order`,
    ]);
  });

  it('tells nothing of what is not known yet', () => {
    expect(new EventLog().next({ phase: 'HANDING_OVER', portfolioOrderId: 'po-1' })).toEqual([]);
  });
});

describe('following an order', () => {
  it.each(['FINISHED', 'REFUSED', 'NOT_PLACED'] as const)(
    'ends with the first look at it as %s',
    async (phase) => {
      const looks: OrderStatusView[] = [
        { phase: 'PLACING', placement },
        { phase: 'TRACKED', placement, order: order() },
        { phase, placement, order: order() },
        { phase: 'PLACING' },
      ];
      const lines: string[] = [];
      const last = await printUntilEnd(
        () => Promise.resolve(looks.shift() ?? { phase: 'PLACING' }),
        (line) => lines.push(line),
      );
      expect(last.phase).toBe(phase);
      expect(looks).toHaveLength(1);
      expect(lines.length).toBeGreaterThanOrEqual(2);
      expect(new Set(lines).size).toBe(lines.length);
    },
  );

  it('passes on what goes wrong', async () => {
    const look = () => Promise.reject(new Error('no answer'));
    await expect(printUntilEnd(look, () => undefined)).rejects.toThrow('no answer');
  });
});
