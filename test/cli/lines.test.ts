/** How an order and its timeline look on a terminal. */
import { stripVTControlCharacters } from 'node:util';
import { summaryLines } from '../../src/cli/summary';
import { timelineLines } from '../../src/cli/timeline';
import type { TimelineEntry } from '../../src/domain/timeline';
import { FINDING_CODES } from '../../src/domain/findings';
import { viewOf, type PortfolioOrderView } from '../../src/domain/view';
import { newLife } from '../../src/domain/order-life';
import { standardPolicies } from '../../src/policy-config';
import type { OrderStatusView } from '../../src/temporal/order-reader';

const at = (second: number): string => `2026-01-02T09:00:${String(second).padStart(2, '0')}.000Z`;

const nothingKnown: PortfolioOrderView = viewOf(newLife('po-1', Date.parse(at(0)), standardPolicies()));

const NOW = Date.parse('2026-01-02T09:00:00.000Z');
const summary = (view: OrderStatusView): string[] => summaryLines(view, NOW).map(stripVTControlCharacters);
const ofOrder = (changes: Partial<PortfolioOrderView>): string[] =>
  summary({ phase: 'TRACKED', portfolioOrderId: 'po-1', order: { ...nothingKnown, ...changes } });

type Cancel = NonNullable<PortfolioOrderView['cancel']>;

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
      'Order             po-1 is TRACKED',
      'Portfolio order   po-1',
      'Status            not known yet',
      '',
      `Waits for         ${nothingKnown.waitingFor}`,
      '',
      'Children          0 of 0 final; 0 of 0 executions settled',
      'ESW               knows nothing of it',
    ]);
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
        refused: [{ status: 'FILLED', refusal: { message: 'no' } }],
      },
      previous: 'po-0',
      resubmittedAs: 'my-order~2',
      held: 'FIRST_SEEN_FINISHED',
      closed: { at: at(9), actor: 'ada', reason: 'done', evidence: 'ticket' },
      reopened: { at: at(8), actor: 'bob', reason: 'mistrade' },
    });
    expect(lines).toEqual(
      expect.arrayContaining([
        'Asked for         BUY 10.00 EUR',
        'Account           account-1',
        'Status            CANCELLED, CANCELLED_BY_UPVEST',
        'ESW               has NEW; is owed PROCESSING, CANCELLED; refused FILLED',
        'In place of       po-0',
        'Placed again as   my-order~2',
        'Held              FIRST_SEEN_FINISHED',
        'Closed            2026-01-02 09:00:09.000 by ada: done (ticket)',
        'Reopened          2026-01-02 09:00:08.000 by bob: mistrade',
      ]),
    );
  });

  it.each([
    [undefined, 'waiting', 'Upvest has not answered yet, nothing has come of it yet'],
    [{ kind: 'accepted' }, 'waiting', 'Upvest took it, nothing has come of it yet'],
    [{ kind: 'accepted' }, 'cancelled', 'Upvest took it; all of it is cancelled'],
    [{ kind: 'accepted' }, 'partly-executed', 'Upvest took it; a part was executed, the rest is cancelled'],
    [{ kind: 'accepted' }, 'executed', 'Upvest took it; the order was executed all the same'],
    [{ kind: 'unknown-order' }, 'unknown-order', 'Upvest does not know the order'],
    [
      { kind: 'refused', problem: { status: 409, type: 'wrong_state', detail: 'It is FILLED' } },
      'refused',
      'Upvest refused it: 409 wrong_state It is FILLED',
    ],
  ] satisfies [Cancel['answer'], Cancel['outcome'], string][])(
    'says how far a cancel is (%j, %s)',
    (answer, outcome, text) => {
      const wish = { at: at(1), actor: 'ada', reason: 'why', rule: 'operator:cancel' as const, outcome };
      const lines = ofOrder({ cancel: { ...wish, ...(answer && { answer }) } });
      expect(lines).toContain(`Cancel            asked for 2026-01-02 09:00:01.000 by ada: why. ${text}`);
    },
  );

  it('says first what needs somebody and what to type then, next what it waits for and until when', () => {
    const wait = { since: at(0), asksAt: at(5) };
    const lines = ofOrder({
      waits: [
        { rule: 'deadline:new', ...wait, asked: 0, attentionAt: '2026-01-05T17:30:00.000Z', overdue: false },
        { rule: 'deadline:cancel', since: at(0), asksAt: at(0), asked: 3, attentionAt: at(0), overdue: true },
        { rule: 'deadline:processing', ...wait, asked: 1, overdue: false },
      ],
      attentions: [{ code: 'CANCEL_SILENT', key: 'k', message: 'It is silent', advice: 'Ask.' }],
    });
    expect(lines.slice(0, lines.lastIndexOf(''))).toEqual([
      'Order             po-1 is TRACKED',
      'Portfolio order   po-1',
      'Status            not known yet',
      '',
      'Needs somebody',
      '  CANCEL_SILENT  It is silent',
      '    Ask.',
      "    $ portfolio-orders reconcile po-1 --reason '…'",
      "    $ portfolio-orders acknowledge po-1 --code CANCEL_SILENT --reason '…'",
      '',
      `Waits for         ${nothingKnown.waitingFor}`,
      '                  Upvest has not begun with it: Upvest is asked 2026-01-02 09:00:05 UTC (in 5 s); if it is still so 2026-01-05 17:30:00 UTC (in 3 d 8 h), somebody is told. [deadline:new]',
      '                  Nothing has come yet of the cancel that Upvest took: Upvest is being asked; it is OVERDUE since 2026-01-02 09:00:00 UTC (now), and somebody was told. [deadline:cancel]',
      '                  It is being executed: Upvest was asked 1 time and is asked again 2026-01-02 09:00:05 UTC (in 5 s). [deadline:processing]',
    ]);
  });

  it('says until when nothing goes to ESW, and why', () => {
    const paused = { why: 'busy' as const, message: 'ESW answered 503', since: at(0), until: at(30) };
    expect(ofOrder({ fulfillment: { accepted: [], pending: ['NEW'], refused: [], paused } })).toContain(
      '                  ESW takes nothing just now (ESW answered 503): it is tried again 2026-01-02 09:00:30 UTC (in 30 s), or at once after retry-emission.',
    );
  });

  it.each(FINDING_CODES)('has a command for the finding %s', (code) => {
    const lines = ofOrder({ attentions: [{ code, key: 'k', message: 'm', advice: 'a' }] });
    expect(lines).toContain(`    $ portfolio-orders acknowledge po-1 --code ${code} --reason '…'`);
  });

  it('has words for what a server of another release sends', () => {
    const code = 'NEWS' as 'MISTRADE';
    const rule = 'deadline:news' as 'deadline:new';
    const lines = ofOrder({
      attentions: [{ code, key: 'k', message: 'm', advice: 'a' }],
      waits: [{ rule, since: at(0), asksAt: at(5), asked: 0, overdue: false }],
    });
    expect(lines.join('\n')).not.toContain('undefined');
  });

  it('says how an order is taken up that nobody follows', () => {
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
      placement: { ...placement, candidates: ['po-1', 'po-2'], cancel: decision, identified: decision },
    };
    expect(summary(unknown)).toEqual([
      'Order             my-order~2 is UNKNOWN',
      '',
      'Needs somebody',
      '  PLACEMENT_UNKNOWN  Whether Upvest has the order is not known',
      '    Find out with Upvest, then say which order it is, or that there is none.',
      "    $ portfolio-orders identify my-order~2 --order po-1 --reason '…'",
      "    $ portfolio-orders identify my-order~2 --order po-2 --reason '…'",
      "    $ portfolio-orders identify my-order~2 --none --reason '…'",
      '',
      'Waits for         Upvest to answer the POST.',
      '                  The POST is repeated under the same key until 2026-01-02 10:00:00 UTC (in 1 h); then the order is only looked up, and somebody is told.',
      '',
      'Asked for         BUY 1000.00 EUR on account account-1, 2026-01-02 09:00:00.000',
      'Attempt           2',
      'In place of       po-0',
      'May be            po-1, po-2',
      'Cancel            asked for by ada: why',
      'Identified        no order, by ada: why',
    ]);
    const problem = { status: 422, title: 'Not possible', detail: 'The account is closed.' };
    const refused = summary({ phase: 'REFUSED', placement: { ...placement, problem } });
    expect(refused).toContain('Refused           422 The account is closed.');
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
    text: 'NEW, told by webhook',
  };
  const line = (changes: Partial<TimelineEntry>): string =>
    stripVTControlCharacters(timelineLines([{ ...entry, ...changes }])[0] ?? '');

  it('says when, who, by which rule, and what', () => {
    expect(line({})).toBe(
      '2026-01-02 09:00:01.000  webhook      portfolio-order:START>NEW         NEW, told by webhook',
    );
  });

  it('names parts, events, and how often the same happened', () => {
    expect(line({ subject: 'order', id: 'o-1' })).toMatch(/ {2}order o-1: NEW, told by webhook$/);
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
