/** The details of an order: who requested what, and what was decided. */
import { definitions, el, time } from './dom.js';

/** @param {any} status */
export function summary({ reference, portfolioOrderId, placement, order }) {
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
  const request = placement?.request;
  // What Upvest reports may differ from what the client requested.
  const amount = request
    ? [request.side, request.cashAmount, request.currency]
    : [type, cashAmount, currency];
  return [
    definitions([
      ['Requested', amount.filter((part) => part !== undefined).join(' ')],
      ['Reference', reference],
      ['Portfolio order', portfolioOrderId],
      ['Account', accountId ?? request?.accountId],
      ['Cancellation reason', cancellationReason],
      [
        placement?.problem?.retryable ? 'Not placed' : 'Rejected',
        placement?.problem &&
          [
            placement.problem.status,
            placement.problem.title,
            placement.problem.detail,
            placement.problem.excerpt,
            placement.problem.requestId && `Upvest’s request id ${placement.problem.requestId}`,
          ]
            .filter(Boolean)
            .join(': '),
      ],
      [
        'Cancel request',
        cancel && [
          time(cancel.at),
          ` by ${cancel.actor}: ${cancel.reason}. ${cancel.text ?? cancel.outcome}`,
        ],
      ],
      ['Findings', findings(order)],
      ['Replaces', previous ?? placement?.correctionOf],
      ['Resubmitted as', resubmittedAs ?? placement?.resubmittedAs],
      ['Held back from ESW', held],
      ['Closed', closed && [time(closed.at), ` by ${closed.actor}: ${closed.reason} (${closed.evidence})`]],
      ['Reopened', reopened && [time(reopened.at), ` by ${reopened.actor}: ${reopened.reason}`]],
    ]),
  ];
}

const MAX_FINDINGS = 20;

/** Irregularities that are not shown as issues, such as a refused cancel of a child. @param {any} order */
function findings(order) {
  const shown = new Set(order?.attentions.map((/** @type {any} */ one) => one.message));
  const all = (order?.findings ?? []).filter(
    (/** @type {any} */ { subject, id, message }) => !shown.has(`${subject} ${id}: ${message}`),
  );
  if (all.length === 0) return undefined;
  const lines = all
    .slice(0, MAX_FINDINGS)
    .map((/** @type {any} */ { code, subject, id, message }) => `${code} ${subject} ${id}: ${message}`);
  if (all.length > MAX_FINDINGS) lines.push(`… and ${all.length - MAX_FINDINGS} more`);
  return lines.map((/** @type {string} */ line) => el('div', {}, line));
}
