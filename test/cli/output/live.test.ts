/** What a terminal shows while an order is followed. */
import { stripVTControlCharacters } from 'node:util';
import { LiveBlock } from '../../../src/cli/output/live-block';
import { childProgress, progressLines } from '../../../src/cli/output/progress';
import { initialState } from '../../../src/domain/order/transitions';
import { viewOf, type PortfolioOrderView } from '../../../src/domain/views/order-view';
import { standardPolicies } from '../../../src/config/policies';
import { startStub } from '../../upvest/client/http-stub';
import { runInProcess } from '../in-process';
import { screenOf } from '../screen';

const NOW = Date.parse('2026-01-02T09:00:00.000Z');
const nothingKnown = viewOf(initialState('po-1', NOW, standardPolicies(), 'portfolio'));

type Order = PortfolioOrderView['orders'][number];
const child = (number: number, status: string, ...executions: string[]): Order =>
  ({
    id: `o-${number}`,
    number,
    status,
    reached: {},
    executions: executions.map((one) => ({ status: one })),
  }) as unknown as Order;

const orders = [
  child(1, 'FILLED', 'SETTLED', 'SETTLED'),
  child(2, 'FILLED', 'SETTLED', 'FILLED'),
  child(3, 'FILLED'),
  child(4, 'CANCELLED'),
  child(5, 'PROCESSING'),
];

it('counts children that are filled, and those of which all is settled', () => {
  expect(childProgress({ orders })).toEqual({ orders: 5, filled: 3, cancelled: 1, settled: 1 });
});

it('says in a few lines how far the order is, what it waits for, and who is needed', () => {
  const order: PortfolioOrderView = {
    ...nothingKnown,
    status: 'PROCESSING',
    type: 'BUY',
    cashAmount: '1000.00',
    currency: 'EUR',
    orders,
    progress: {
      ...nothingKnown.progress,
      text: '2 of 3 executions settled, 1 cancelled, 20.00 of 1000.00 EUR',
    },
    waitingFor: 'The broker.',
    waits: [
      {
        rule: 'deadline:processing',
        text: 'The order is executing',
        code: 'PROCESSING_OVERDUE',
        since: '',
        asksAt: '2026-01-02T10:00:00.000Z',
        asked: 0,
        overdue: false,
      },
    ],
    fulfillment: {
      accepted: [{ status: 'NEW', id: 'e' }],
      pending: ['PROCESSING'],
      children: { accepted: 2, pending: 3 },
      refused: [{ status: 'FILLED', name: 'FILLED', refusal: { message: 'no' } }],
    },
    attentions: [{ code: 'MISTRADE', key: 'k', message: 'odd\u001b[2J\nindeed', advice: 'a', actions: [] }],
  };
  const view = { phase: 'TRACKED' as const, order };
  expect(progressLines('my-first', view, NOW).map(stripVTControlCharacters)).toEqual([
    'my-first  PROCESSING, tracked, 1 open issue  BUY 1000.00 EUR',
    'Filled     ████████████░░░░░░░░ 3 of 5, 1 cancelled',
    'Settled    ████░░░░░░░░░░░░░░░░ 1 of 5',
    'Executions 2 of 3 executions settled, 1 cancelled, 20.00 of 1000.00 EUR',
    'ESW        3 accepted, 4 pending, 1 not built',
    'Waiting    The broker.',
    '           The order is executing: next check with Upvest 2026-01-02 10:00:00 UTC (in 1 h). [deadline:processing]',
    'Attention  MISTRADE odd indeed',
  ]);
});

it('shows a placement before there is an order', () => {
  const request = {
    userId: 'u',
    accountId: 'a',
    cashAmount: '7.00',
    currency: 'EUR',
    side: 'SELL',
    postTax: false,
  } as const;
  const placement = {
    reference: 'my-first',
    request,
    requestedAt: new Date(NOW).toISOString(),
    phase: 'PLACING' as const,
    waitingFor: 'Upvest.',
  };
  const lines = progressLines('my-first', { phase: 'PLACING', placement }, NOW).map(stripVTControlCharacters);
  expect(lines.slice(0, 2)).toEqual(['my-first  PLACING  SELL 7.00 EUR', 'Waiting    Upvest.']);
});

describe('the block', () => {
  it('is written in place: the screen shows the latest lines, and what stood above', () => {
    const written: string[] = ['above\n'];
    const block = new LiveBlock({ rows: 24, write: (text) => written.push(text) });
    block.show(['one', 'two', 'three']);
    block.show(['eins']);
    block.show(['uno', 'due']);
    expect(screenOf(written)).toEqual(['above', 'uno', 'due', '']);
  });

  it('writes nothing when nothing has changed', () => {
    const written: string[] = [];
    const block = new LiveBlock({ write: (text) => written.push(text) });
    block.show(['one']);
    block.show(['one']);
    expect(written).toHaveLength(1);
  });

  it('is never higher than the screen, or the cursor could not go back to its top', () => {
    const written: string[] = [];
    const block = new LiveBlock({ rows: 4, write: (text) => written.push(text) });
    block.show(['1', '2', '3', '4', '5']);
    block.show(['a', 'b', 'c', 'd', 'e']);
    expect(screenOf(written)).toEqual(['a', 'b', 'c', '']);
  });
});

describe('watch', () => {
  /** What is written to stdout while an order goes from NEW to SETTLED. */
  async function watched(term: string): Promise<string> {
    const view = (status: string, phase: string) => ({
      phase,
      order: { ...nothingKnown, status, finished: phase === 'FINISHED' },
    });
    const views = [view('NEW', 'TRACKED'), view('SETTLED', 'FINISHED')];
    const stub = await startStub((response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end(views.map((one) => `event: view\ndata: ${JSON.stringify(one)}\n\n`).join(''));
    });
    const environment = { PORTFOLIO_ORDERS_URL: stub.url, PORTFOLIO_ORDERS_TOKEN: 't', TERM: term };
    const ended = await runInProcess(['watch', 'my-first'], environment, { isTerminal: true });
    await stub.close();
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    return ended.stdout.replaceAll(/\u001b\[[\d;]*m/g, '');
  }

  it('draws the block in place on a terminal, and ends with a line', async () => {
    const screen = screenOf([await watched('xterm')]).map((row) => row.trimEnd());
    expect(screen[0]).toBe('my-first  SETTLED, finished');
    expect(screen).toContain(`Waiting    ${nothingKnown.waitingFor}`);
    expect(screen.filter((row) => row !== '').at(-1)).toBe('my-first: SETTLED');
  });

  it('prints a line for each change on a terminal whose cursor cannot be moved', async () => {
    const text = await watched('dumb');
    expect(text).not.toContain('\u001b');
    expect(text).toMatch(/my-first: SETTLED\n$/);
  });
});
