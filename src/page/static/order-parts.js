/** Sections of an order's page, built from the API's order. */
import { adviceFor, RESEND } from './actions.js';
import { alertBadges, badge, clockTime, el, elapsed, table, time } from './dom.js';

/** What the order is waiting for, until when, and what happens then. @param {any} status */
export function waiting({ placement, order }) {
  const { paused } = order?.fulfillment ?? {};
  const items = (order?.waits ?? []).map(deadlineText);
  if (paused !== undefined) {
    items.push([
      'Sending to ESW has been paused for ',
      elapsed(paused.since, 'since'),
      ` (${paused.message}). Next attempt `,
      ...upcoming(paused.until),
      `, or now with “${RESEND}”.`,
    ]);
  }
  const lead = order?.waitingFor ?? placement?.waitingFor ?? 'The order’s workflow starts shortly.';
  return [
    el('p', { class: 'lead' }, lead),
    items.length > 0 &&
      el(
        'ul',
        {},
        items.map((/** @type {unknown[]} */ one) => el('li', {}, one)),
      ),
  ];
}

/** @param {any} deadline */
function deadlineText({ rule, text, code, since, asksAt, asked, attentionAt, overdue }) {
  const flag = overdue
    ? [' ', ...alertBadges(['OVERDUE']), ' for ', elapsed(attentionAt, 'since'), '.']
    : [' If nothing changes by ', time(attentionAt), ', it is flagged ', code, '.'];
  const next = upcoming(asksAt);
  return [
    `${text} (for `,
    elapsed(since, 'since'),
    ').',
    ...(attentionAt !== undefined && overdue ? flag : []),
    ...(asked === 0
      ? [' We ask Upvest ', ...next, '.']
      : [` Asked Upvest ${asked} ${asked === 1 ? 'time' : 'times'}; next `, ...next, '.']),
    ...(attentionAt !== undefined && !overdue ? flag : []),
    ' ',
    el('code', {}, rule),
  ];
}

/** `in 4 min (23:19:04 UTC)`; with the date if that is not today. @param {string} iso */
function upcoming(iso) {
  const [date, now] = [new Date(iso), new Date()];
  if (Number.isNaN(date.getTime())) return [iso];
  const isToday = date.toISOString().slice(0, 10) === now.toISOString().slice(0, 10);
  return [elapsed(iso, 'until'), ' (', isToday ? clockTime(date) : time(iso), ')'];
}

const FINISHED = 'The order finished with these issues.';

/** The API lists no issue for it. */
const INTERRUPTED = {
  code: 'INTERRUPTED',
  message: 'The workflow of this order was ended externally. The order is not being tracked.',
  advice:
    '“Check with Upvest now” restarts it with its saved state; an order that may not be placed yet is looked up, not placed again.',
};

/** @param {any} status */
export function attentions({ phase, interrupted, order, placement }) {
  const isFinished = phase === 'FINISHED';
  const all = [
    ...(interrupted ? [INTERRUPTED] : []),
    ...(placement?.attentions ?? []),
    ...(order?.attentions ?? []),
  ];
  if (all.length === 0) {
    const isFailing = order?.troubles !== undefined;
    return [
      el('p', { class: 'muted' }, isFailing ? 'Nothing yet; what fails is being retried.' : 'All clear.'),
    ];
  }
  return [
    isFinished && el('p', {}, FINISHED),
    el(
      'ul',
      { class: 'cards' },
      all.map((/** @type {any} */ { code, message, advice }) =>
        el(
          'li',
          { class: 'card alert-card' },
          alertBadges([code]),
          el('p', {}, message),
          // The advice names the command; the page shows the button's label instead.
          el('p', { class: 'advice' }, adviceFor(advice)),
        ),
      ),
    ),
  ];
}

/** More rows would slow the page down. */
const MAX_ROWS = 500;

/** @param {any} status */
export function children({ order }) {
  if (order === undefined) return [el('p', { class: 'muted' }, 'No child orders.')];
  const { orders, progress } = order;
  const { final, executions, settled, text } = progress;
  const rows = orders.slice(0, MAX_ROWS).map((/** @type {any} */ one) => [
    `${one.number} ${one.instrumentId ?? one.id}`,
    [badge(one.status), one.cancellationReason !== undefined && ` ${one.cancellationReason}`],
    one.side,
    [
      el(
        'div',
        { class: 'nowrap' },
        one.cashAmount === undefined ? one.quantity : `${one.cashAmount} ${one.currency ?? ''}`,
      ),
      // Most orders have a fee of zero, which would only lengthen the table.
      /[1-9]/.test(one.fee ?? '') &&
        el('div', { class: 'nowrap muted' }, `fee ${one.fee} ${one.currency ?? ''}`),
    ],
    one.executions.map((/** @type {any} */ each) =>
      el('div', {}, `${each.shareQuantity} for ${each.cashAmount} ${each.currency} `, badge(each.status)),
    ),
    el('span', { class: 'id' }, one.id),
  ]);
  const progressBar = (/** @type {string} */ label, /** @type {number} */ part, /** @type {number} */ of) =>
    el('label', {}, `${label} `, el('progress', { value: part, max: Math.max(1, of) }));
  return [
    el(
      'p',
      { class: 'progress-bars' },
      progressBar(`${final} of ${orders.length} orders final`, final, orders.length),
      progressBar(text, settled, executions),
    ),
    table(
      'Child orders',
      ['Order', 'Status', 'Side', 'Amount', 'Executions', 'Id'],
      rows,
      'Upvest has not reported any child orders yet.',
    ),
    orders.length > MAX_ROWS && el('p', {}, `… and ${orders.length - MAX_ROWS} more`),
  ];
}

/** @param {any} status */
export function deliveries({ order }) {
  if (order === undefined) return [el('p', { class: 'muted' }, 'No events sent to ESW.')];
  const { accepted, pending, refused, skipped = [], children: childEvents, paused } = order.fulfillment;
  const rows = [
    ...refused.map((/** @type {any} */ one) => [
      one.name,
      alertBadges([one.id === undefined ? 'not built' : 'rejected']),
      time(one.refusal.at),
      one.refusal.message,
    ]),
    ...skipped.map((/** @type {any} */ one) => [one.name, '– left out', '', '']),
    ...accepted.map((/** @type {any} */ one) => [
      one.status,
      el('span', { class: 'nowrap' }, '✓ accepted'),
      time(one.at),
      el('span', { class: 'id' }, one.id),
    ]),
    ...pending.map((/** @type {string} */ status) => [
      status,
      el(
        'span',
        { class: 'nowrap' },
        order.finished ? 'not accepted' : paused === undefined ? '… pending' : '… paused',
      ),
      '',
      '',
    ]),
  ];
  return [
    table(
      'Events to ESW',
      ['Event', 'State', 'When', 'Event id or response'],
      rows,
      'ESW has none of its events.',
    ),
    childEvents !== undefined &&
      el(
        'p',
        {},
        `Child orders and executions: ${childEvents.accepted} accepted, ${childEvents.pending} ${order.finished ? 'not accepted' : 'pending'}. The timeline lists each event.`,
      ),
  ];
}
