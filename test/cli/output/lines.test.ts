/** How an order and its timeline look on a terminal. */
import { placementAttentions } from '../../../src/domain/views/placement-attentions';
import { stripVTControlCharacters } from 'node:util';
import { summaryLines } from '../../../src/cli/output/order-summary';
import { timelineLines } from '../../../src/cli/output/timeline';
import { nextActions } from '../../../src/domain/operator/attention-codes';
import type { DeadlineView } from '../../../src/domain/views/deadline-view';
import type { TimelineEntry } from '../../../src/domain/views/timeline';
import { FINDING_CODES } from '../../../src/domain/findings/findings';
import { viewOf, type PortfolioOrderView } from '../../../src/domain/views/order-view';
import { initialState } from '../../../src/domain/order/transitions';
import { standardPolicies } from '../../../src/config/policies';
import type { OrderStatusView } from '../../../src/app/orders/read';

const at = (second: number): string => `2026-01-02T09:00:${String(second).padStart(2, '0')}.000Z`;

const nothingKnown: PortfolioOrderView = viewOf(
  initialState('po-1', Date.parse(at(0)), standardPolicies(), 'portfolio'),
);

const NOW = Date.parse('2026-01-02T09:00:00.000Z');
const summary = (view: OrderStatusView): string[] => summaryLines(view, NOW).map(stripVTControlCharacters);
const ofOrder = (changes: Partial<PortfolioOrderView>): string[] =>
  summary({ phase: 'TRACKED', portfolioOrderId: 'po-1', order: { ...nothingKnown, ...changes } });

const placement: NonNullable<OrderStatusView['placement']> = {
  reference: 'my-order~2',
  requestedAt: at(0),
  phase: 'PLACING',
  attempt: 2,
  previous: 'po-0',
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

describe('the summary of an order', () => {
  it('says little where little is known', () => {
    expect(ofOrder({})).toEqual([
      'Order             po-1 – not seen yet, tracked',
      'Portfolio order   po-1',
      'Status            not known yet',
      '',
      `Waiting for       ${nothingKnown.waitingFor}`,
      '',
      'Children          0 of 0 final; 0 of 0 executions settled',
      'ESW               nothing sent',
      'Finding           IRREGULAR_ID portfolio-order po-1: the id is not a UUID',
    ]);
  });

  it('shows what the client requested, though Upvest reports other terms (14.59)', () => {
    const order = { ...nothingKnown, type: 'BUY', cashAmount: '9000.00', currency: 'EUR' };
    expect(summary({ phase: 'TRACKED', placement, order })).toContain('Requested         BUY 1000.00 EUR');
    expect(summary({ phase: 'TRACKED', order })).toContain('Requested         BUY 9000.00 EUR');
  });

  it('says what was done, by whom and why', () => {
    const lines = ofOrder({
      type: 'BUY',
      cashAmount: '10.00',
      currency: 'EUR',
      accountId: 'account-1',
      status: 'CANCELLED',
      cancellationReason: 'CANCELLED_BY_UPVEST',
      fulfillment: {
        accepted: [{ status: 'NEW', id: 'e1' }],
        pending: ['PROCESSING', 'CANCELLED'],
        refused: [{ status: 'FILLED', name: 'FILLED', refusal: { message: 'no' } }],
      },
      previous: 'po-0',
      resubmittedAs: 'my-order~2',
      held: 'FIRST_SEEN_FINISHED',
      closed: { at: at(9), actor: 'ada', reason: 'done', evidence: 'ticket' },
      reopened: { at: at(8), actor: 'bob', reason: 'mistrade' },
    });
    expect(lines).toEqual(
      expect.arrayContaining([
        'Requested         BUY 10.00 EUR',
        'Account           account-1',
        'Status            CANCELLED, CANCELLED_BY_UPVEST',
        'ESW               sent NEW; pending PROCESSING, CANCELLED; FILLED could not be built',
        'In place of       po-0',
        'Resubmitted as    my-order~2',
        'Held              FIRST_SEEN_FINISHED',
        'Closed            2026-01-02 09:00:09.000 by ada: done (ticket)',
        'Reopened          2026-01-02 09:00:08.000 by bob: mistrade',
      ]),
    );
  });

  it('says who requested a cancel, when and why, and what became of it', () => {
    const request = { at: at(1), actor: 'ada', reason: 'why', rule: 'operator:cancel' as const };
    const lines = ofOrder({ cancel: { ...request, outcome: 'waiting', text: 'Upvest accepted it.' } });
    expect(lines).toContain(
      'Cancel            requested 2026-01-02 09:00:01.000 by ada: why. Upvest accepted it.',
    );
  });

  it('says first what needs attention and what to type then, next what it waits for and until when', () => {
    const wait = { since: at(0), asksAt: at(5) };
    const lines = ofOrder({
      waits: [
        {
          rule: 'deadline:new',
          text: 'Upvest has not started this order',
          code: 'NEW_OVERDUE',
          ...wait,
          asked: 0,
          attentionAt: '2026-01-05T17:30:00.000Z',
          overdue: false,
        },
        {
          rule: 'deadline:cancel',
          text: 'Upvest accepted the cancel; no result yet',
          code: 'CANCEL_SILENT',
          since: at(0),
          asksAt: at(0),
          asked: 3,
          attentionAt: at(0),
          overdue: true,
        },
        {
          rule: 'deadline:processing',
          text: 'The order is executing',
          code: 'PROCESSING_OVERDUE',
          ...wait,
          asked: 1,
          overdue: false,
        },
      ],
      attentions: [
        {
          code: 'CANCEL_SILENT',
          key: 'k',
          message: 'It is silent',
          advice: 'Ask.',
          actions: ['reconcile', 'acknowledge'],
        },
      ],
    });
    expect(lines.slice(0, lines.lastIndexOf(''))).toEqual([
      'Order             po-1 – not seen yet, tracked, 1 open issue',
      'Portfolio order   po-1',
      'Status            not known yet',
      '',
      'Needs attention',
      '  CANCEL_SILENT  It is silent',
      '    Ask.',
      "    $ portfolio-orders reconcile po-1 --reason '…'",
      "    $ portfolio-orders acknowledge po-1 --code CANCEL_SILENT --reason '…'",
      '',
      `Waiting for       ${nothingKnown.waitingFor}`,
      '                  Upvest has not started this order: next check with Upvest 2026-01-02 09:00:05 UTC (in 5 s); needs attention if nothing changes by 2026-01-05 17:30:00 UTC (in 3 d 8 h). [deadline:new]',
      '                  Upvest accepted the cancel; no result yet: asked Upvest 3 times, asking again now; OVERDUE since 2026-01-02 09:00:00 UTC (now). [deadline:cancel]',
      '                  The order is executing: asked Upvest 1 time, next check with Upvest 2026-01-02 09:00:05 UTC (in 5 s). [deadline:processing]',
    ]);
  });

  it('says until when nothing goes to ESW, and why', () => {
    const paused = { why: 'busy' as const, message: 'ESW answered 503', since: at(0), until: at(30) };
    expect(ofOrder({ fulfillment: { accepted: [], pending: ['NEW'], refused: [], paused } })).toContain(
      '                  ESW accepts no events now (ESW answered 503): next attempt 2026-01-02 09:00:30 UTC (in 30 s), or at once with retry-emission.',
    );
  });

  it.each(FINDING_CODES)('has a command for the finding %s', (code) => {
    const lines = ofOrder({
      attentions: [{ code, key: 'k', message: 'm', advice: 'a', actions: nextActions(code, false) }],
    });
    expect(lines).toContain(`    $ portfolio-orders acknowledge po-1 --code ${code} --reason '…'`);
  });

  it('has words for what a server of another release sends', () => {
    const code = 'NEWS' as 'MISTRADE';
    const rule = 'deadline:news' as 'deadline:new';
    const lines = ofOrder({
      attentions: [{ code, key: 'k', message: 'm', advice: 'a', actions: ['acknowledge'] }],
      waits: [{ rule, since: at(0), asksAt: at(5), asked: 0, overdue: false } as DeadlineView],
    });
    expect(lines.join('\n')).not.toContain('undefined');
  });

  it('says how to resume an interrupted order', () => {
    const lines = summary({
      phase: 'TRACKED',
      portfolioOrderId: 'po-1',
      order: nothingKnown,
      interrupted: true,
    });
    expect(lines).toContain("    $ portfolio-orders reconcile po-1 --reason '…'");
  });

  it('shows a placement while there is no order', () => {
    const decision = { actor: 'ada', reason: 'why' };
    const unknown: OrderStatusView = {
      phase: 'UNKNOWN',
      reference: 'my-order~2',
      placement: {
        ...placement,
        candidates: ['po-1', 'po-2'],
        cancel: decision,
        attentions: placementAttentions({ phase: 'UNKNOWN' }),
      },
    };
    expect(summary(unknown)).toEqual([
      'Order             my-order~2 – UNKNOWN',
      '',
      'Needs attention',
      '  PLACEMENT_UNKNOWN  It is unknown whether Upvest has the order',
      '    Check with Upvest, then name the order with identify, or say that there is none.',
      "    $ portfolio-orders identify my-order~2 --order po-1 --reason '…'",
      "    $ portfolio-orders identify my-order~2 --order po-2 --reason '…'",
      "    $ portfolio-orders identify my-order~2 --none --reason '…'",
      '',
      'Waiting for       Upvest to answer the POST.',
      '                  We repeat the POST with the same key until 2026-01-02 10:00:00 UTC (in 1 h); after that we only look the order up, and it needs attention.',
      '',
      'Requested         BUY 1000.00 EUR on account account-1, 2026-01-02 09:00:00.000',
      'Attempt           2',
      'In place of       po-0',
      'Candidates        po-1, po-2',
      'Cancel            requested by ada: why',
    ]);
    // A decision that is being checked takes no other.
    const identified = summary({ ...unknown, placement: { ...placement, identified: decision } });
    expect(identified).toContain('Identified        no order, by ada: why');
    expect(identified.join('\n')).not.toContain('portfolio-orders identify');
    const problem = { status: 422, title: 'Not possible', detail: 'The account is closed.' };
    const refused = summary({ phase: 'REFUSED', placement: { ...placement, problem } });
    expect(refused).toContain('Rejected          422 The account is closed.');
  });
});

describe('the timeline of an order', () => {
  const entry: TimelineEntry = {
    at: at(1),
    source: 'webhook',
    rule: 'portfolio-order:START>NEW',
    subject: 'portfolio-order',
    id: 'po-1',
    status: 'NEW',
    text: 'NEW, reported by webhook',
  };
  const line = (changes: Partial<TimelineEntry>): string =>
    stripVTControlCharacters(timelineLines([{ ...entry, ...changes }])[0] ?? '');

  it('says when, who, by which rule, and what', () => {
    expect(line({})).toBe(
      '2026-01-02 09:00:01.000  webhook      portfolio-order:START>NEW         NEW, reported by webhook',
    );
  });

  it('names parts, events, and how often the same happened', () => {
    expect(line({ subject: 'order', id: 'o-1' })).toMatch(/ {2}order o-1: NEW, reported by webhook$/);
    expect(line({ eventId: 'e-1' })).toMatch(/webhook {2}\[e-1\]$/);
    expect(line({ times: 3, lastAt: at(7) })).toMatch(/ \(3 times, last 2026-01-02 09:00:07\.000\)$/);
  });

  it('says who decided and why, in words that cannot forge a line', () => {
    const forged = { actor: 'ada', reason: 'because\n2026-01-02 09:00:02.000  \u001b[31mesw\u202e\u0007' };
    const [first = '', ...more] = timelineLines([{ ...entry, source: 'operator', ...forged }]);
    expect(more).toEqual([]);
    expect(stripVTControlCharacters(first)).toMatch(/ — ada: because 2026-01-02 09:00:02\.000 esw$/);
    expect(first).not.toMatch(/\u001b\[31m|\u202e|\u0007|\n/);
  });
});
