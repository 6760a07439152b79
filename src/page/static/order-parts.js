/** The parts of an order's page, each made from the order as the API shows it. */
import { alarms, badge, el, facts, table, time } from './dom.js';

/** What a deadline waits for, by its rule. A server of another release may have more. @type {Record<string, string>} */
const WAITS = {
  'deadline:new': 'Upvest has not begun with it',
  'deadline:processing': 'It is being executed',
  'deadline:parts': 'The order and its parts disagree: some word is late or lost',
  'deadline:settlement': 'Executions are to be settled',
  'deadline:cancel': 'Nothing has come yet of the cancel that Upvest took',
  'deadline:predecessor': 'A status came ahead of those before it, and is held back from ESW',
  'policy:resubmit': 'Whether it is to be placed again has to be certain',
};

/** @param {any} status */
export function summary({ phase, reference, portfolioOrderId, placement, order }) {
  const {
    type,
    cashAmount,
    currency,
    accountId,
    cancellationReason,
    previous,
    resubmittedAs,
    cancel,
    held,
    closed,
    reopened,
  } = order ?? {};
  const asked = placement?.request;
  const amount = [type ?? asked?.side, cashAmount ?? asked?.cashAmount, currency ?? asked?.currency];
  return [
    facts([
      ['Asked for', amount.filter((part) => part !== undefined).join(' ')],
      ['Reference', reference],
      ['Portfolio order', portfolioOrderId],
      ['Account', accountId ?? asked?.accountId],
      ['Phase', phase],
      ['Cancelled because', cancellationReason],
      [
        'Refused',
        placement?.problem &&
          [placement.problem.status, placement.problem.title, placement.problem.detail]
            .filter(Boolean)
            .join(': '),
      ],
      [
        'Cancel',
        cancel && [time(cancel.at), ` asked for by ${cancel.actor}: ${cancel.reason} (${cancel.outcome})`],
      ],
      ['In place of', previous],
      ['Placed again as', resubmittedAs],
      ['Held back', held],
      ['Closed', closed && [time(closed.at), ` by ${closed.actor}: ${closed.reason} (${closed.evidence})`]],
      ['Reopened', reopened && [time(reopened.at), ` by ${reopened.actor}: ${reopened.reason}`]],
    ]),
  ];
}

/** What it waits for now, until when, and what will happen then. @param {any} status */
export function waiting({ placement, order }) {
  const { paused } = order?.fulfillment ?? {};
  const sentences = (order?.waits ?? []).map(sentence);
  if (paused !== undefined) {
    sentences.push([
      `ESW takes nothing just now (${paused.message}): it is tried again at `,
      time(paused.until),
      ', or at once when an operator says so.',
    ]);
  }
  const now = order?.waitingFor ?? placement?.waitingFor ?? 'Its workflow takes over in a moment.';
  return [
    el('p', { class: 'lead' }, now),
    sentences.length > 0 &&
      el(
        'ul',
        {},
        sentences.map((/** @type {unknown[]} */ one) => el('li', {}, one)),
      ),
  ];
}

/** @param {any} wait */
function sentence({ rule, since, asksAt, asked, attentionAt, overdue }) {
  const again = asked === 0 ? '' : ` again, after ${asked} ${asked === 1 ? 'time' : 'times'},`;
  const call = overdue
    ? ['; ', ...alarms(['OVERDUE']), ' since ', time(attentionAt), ', and somebody was told']
    : ['; if it is still so at ', time(attentionAt), ', somebody is told'];
  return [
    `${WAITS[rule] ?? rule}, since `,
    time(since),
    `: Upvest is asked${again} at `,
    time(asksAt),
    ...(attentionAt === undefined ? [] : call),
    '. ',
    el('code', {}, rule),
  ];
}

/** What calls for somebody beside what the order says of itself. @type {Record<string, { code: string, message: string, advice: string }>} */
const CALLS = {
  interrupted: {
    code: 'INTERRUPTED',
    message: 'Somebody has ended the workflow of this order from outside, and nobody follows the order.',
    advice: 'Reconcile starts it again, with all that it knew.',
  },
  unknown: {
    code: 'PLACEMENT_UNKNOWN',
    message: 'Nobody knows whether Upvest has this order: the POST was never answered, and is not repeated.',
    advice:
      'It is looked for at Upvest, ever more slowly. Ask Upvest, then identify: say which order it is, or that there is none.',
  },
};
const ENDED =
  'The order has ended with this, and takes no decision any more. Reopen takes it up again where something is left to do.';

/** @param {any} status */
export function attentions({ phase, interrupted, order }) {
  const hasEnded = phase === 'FINISHED';
  const all = [
    ...(interrupted ? [CALLS.interrupted] : []),
    ...(phase === 'UNKNOWN' ? [CALLS.unknown] : []),
    ...(order?.attentions ?? []),
  ];
  if (all.length === 0) return [el('p', { class: 'quiet' }, 'Nothing needs anybody.')];
  return [
    hasEnded && el('p', {}, ENDED),
    el(
      'ul',
      { class: 'cards' },
      all.map((/** @type {any} */ { code, message, advice }) =>
        el(
          'li',
          { class: 'card alarmed' },
          alarms([code]),
          el('p', {}, message),
          // Here its name is that of the button.
          !hasEnded && el('p', { class: 'advice' }, advice.replace('retry-emission', '“Send again to ESW”')),
        ),
      ),
    ),
  ];
}

/** Rows of one table; more would be slow, and nobody reads them. */
const MOST_ROWS = 500;

/** @param {any} status */
export function children({ order }) {
  if (order === undefined) return [el('p', { class: 'quiet' }, 'There are none.')];
  const { orders, progress } = order;
  const { final, executions, settled } = progress;
  const rows = orders
    .slice(0, MOST_ROWS)
    .map((/** @type {any} */ one) => [
      `${one.number} ${one.instrumentId ?? one.id}`,
      [badge(one.status), one.cancellationReason !== undefined && ` ${one.cancellationReason}`],
      one.side,
      el(
        'span',
        { class: 'word' },
        one.cashAmount === undefined ? one.quantity : `${one.cashAmount} ${one.currency ?? ''}`,
      ),
      one.executions.map((/** @type {any} */ each) =>
        el('div', {}, `${each.shareQuantity} for ${each.cashAmount} ${each.currency} `, badge(each.status)),
      ),
      el('span', { class: 'id' }, one.id),
    ]);
  const share = (/** @type {string} */ label, /** @type {number} */ part, /** @type {number} */ of) =>
    el('label', {}, `${part} of ${of} ${label} `, el('progress', { value: part, max: Math.max(1, of) }));
  return [
    el(
      'p',
      { class: 'shares' },
      share('orders final', final, orders.length),
      share('executions settled', settled, executions),
    ),
    table(
      'Child orders',
      ['Order', 'Status', 'Side', 'Ordered', 'Executions', 'Id'],
      rows,
      'Upvest has not named any yet.',
    ),
    orders.length > MOST_ROWS && el('p', {}, `… and ${orders.length - MOST_ROWS} more`),
  ];
}

/** @param {any} status */
export function deliveries({ order }) {
  if (order === undefined) return [el('p', { class: 'quiet' }, 'Nothing has gone to ESW.')];
  const { accepted, pending, refused, children: others, paused } = order.fulfillment;
  const nameOf = (/** @type {any} */ { status, orderId, executionId }) =>
    executionId === undefined
      ? orderId === undefined
        ? status
        : `order ${orderId} ${status}`
      : `execution ${executionId} ${status}`;
  const rows = [
    ...refused.map((/** @type {any} */ one) => [
      nameOf(one),
      alarms(['refused']),
      time(one.refusal.at),
      one.refusal.message,
    ]),
    ...accepted.map((/** @type {any} */ one) => [
      one.status,
      el('span', { class: 'word' }, '✓ accepted'),
      time(one.at),
      el('span', { class: 'id' }, one.id),
    ]),
    ...pending.map((/** @type {string} */ status) => [
      status,
      el('span', { class: 'word' }, paused === undefined ? '… pending' : '… paused'),
      '',
      '',
    ]),
  ];
  return [
    table(
      'Events to ESW',
      ['Event', 'Standing', 'When', 'Id or answer'],
      rows,
      'Nothing has gone to ESW yet.',
    ),
    others !== undefined &&
      el(
        'p',
        {},
        `Of children and executions: ${others.accepted} accepted, ${others.pending} pending. Each stands in the timeline.`,
      ),
  ];
}
