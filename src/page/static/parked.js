/** Parked webhook events: the list, and one event with its actions. */
import { path, read } from './api.js';
import { announce, badge, definitions, el, table, time } from './dom.js';
import { DECISION_FIELDS, form } from './form.js';
import { orderLink } from './orders.js';

/** @type {Record<string, string>} */
const REASONS = {
  UNROUTED: 'No order found for this event. Retried automatically for a week.',
  REFUSED_BY_ORDER: 'Delivery to the order’s workflow failed. Retried automatically for a week.',
  UNREADABLE: 'Not valid JSON, or a required field is missing.',
  UNKNOWN_TYPE: 'Unknown event type. Upvest’s test event is one of these.',
  LATE: 'Event of a finished order, such as a mistrade. Reopen the order, then retry this event.',
};

/** @param {import('./app.js').PageContext} context */
export function parkedPage({ main, query, may, signal, failed }) {
  const list = el('div', {}, el('p', { class: 'muted' }, 'Loading …'));
  main.append(
    el('h1', {}, 'Parked events'),
    el('p', {}, 'Webhook events we could not process, newest first. All are kept.'),
    el('section', { 'aria-label': 'List' }, list),
  );
  const load = async () => {
    const { events, nextCursor } = await read(
      path(['parked-events'], { limit: '25', cursor: query.get('cursor') ?? '' }),
      { signal },
    );
    const rows = events.map((/** @type {any} */ { id, eventId, reason, detail, receivedAt }) => [
      may.includes('read-parked-event')
        ? el('a', { href: `#${path(['parked', id])}`, class: 'id' }, eventId)
        : el('span', { class: 'id' }, eventId),
      el('span', { class: 'nowrap' }, reason),
      detailOf(detail),
      time(receivedAt),
    ]);
    list.replaceChildren(
      table('Parked events', ['Event', 'Reason', 'Detail', 'Received'], rows, 'No parked events.'),
      nextCursor === undefined
        ? ''
        : el('p', {}, el('a', { href: `#${path(['parked'], { cursor: nextCursor })}` }, 'Next page')),
    );
    announce(`Parked events on this page: ${events.length}.`);
  };
  load().catch((/** @type {unknown} */ error) => list.replaceChildren(failed(error) ?? ''));
}

/** @param {import('./app.js').PageContext} context */
export function parkedEventPage({ main, id, may, signal, failed }) {
  const container = el('div', {}, el('p', { class: 'muted' }, 'Loading …'));
  const actions = el('div', {});
  main.append(
    el('h1', {}, 'Parked event'),
    el('p', {}, el('a', { href: '#/parked' }, 'All parked events')),
    el('section', { 'aria-label': 'Event' }, container),
    actions,
  );
  const load = async () => {
    const event = await read(path(['parked-events', id]), { signal });
    const { eventId, reason, detail, receivedAt, state, retried, outcome, raw, rawEncoding } = event;
    container.replaceChildren(
      definitions([
        ['Event', eventId],
        ['Reason', reason],
        ['Meaning', REASONS[reason]],
        ['Detail', detailOf(detail)],
        ['Received', time(receivedAt)],
        ['State', badge(state)],
        ['Automatic retries', retried ? 'on' : 'off'],
        ['Outcome', outcome && outcomeOf(outcome)],
      ]),
      el('h2', { id: 'raw' }, rawEncoding === undefined ? 'Raw payload' : `Raw payload (${rawEncoding})`),
      el('pre', { class: 'scroll', role: 'region', 'aria-labelledby': 'raw', tabindex: 0 }, readable(raw)),
    );
    return state;
  };
  load()
    .then((state) => {
      if (state === 'OPEN') actions.replaceChildren(...decisions(id, may, load));
    })
    .catch((/** @type {unknown} */ error) => container.replaceChildren(failed(error) ?? ''));
}

/** @param {string} id @param {string[]} may @param {() => Promise<unknown>} reload */
function decisions(id, may, reload) {
  const section = (
    /** @type {string} */ name,
    /** @type {string} */ label,
    /** @type {string} */ description,
  ) => {
    if (!may.includes(`${name}-parked-event`)) return [];
    const element = form({
      submit: label,
      isOnce: name === 'discard',
      fields: DECISION_FIELDS.map((field) =>
        field.name === 'reason' ? { ...field, hint: 'Kept with the event.' } : field,
      ),
      async perform({ reason, actor }, key) {
        const json = { reason, ...(actor !== undefined && { actor }) };
        const outcome = await read(path(['parked-events', id, name]), { method: 'POST', json, key });
        announce(`Outcome: ${outcome.outcome}.`);
        await reload().catch(() => undefined);
        return outcomeOf(outcome);
      },
    });
    return [
      el(
        'section',
        { class: 'card', 'aria-labelledby': name },
        el('h2', { id: name }, label),
        el('p', {}, description),
        element,
      ),
    ];
  };
  return [
    ...section(
      'retry',
      'Retry',
      'Delivers this event to its order now, for example after a release that can read it.',
    ),
    ...section('discard', 'Discard', 'Discards this event for good.'),
  ];
}

/** The detail with a link to the order that it names. @param {string} detail */
function detailOf(detail) {
  const [, before = '', id = '', after = ''] = /^(Portfolio order )([0-9a-f-]{36})(.*)$/s.exec(detail) ?? [];
  return id === '' ? detail : [before, el('a', { href: orderLink(id) }, id), after];
}

/** @param {any} outcome */
function outcomeOf({ outcome, why, portfolioOrderId, flow, actor, reason }) {
  return [
    el('strong', {}, outcome),
    why !== undefined && `: ${why}`,
    flow !== undefined && ` (${flow})`,
    actor !== undefined && ` by ${actor}: ${reason}`,
    portfolioOrderId !== undefined && [' ', el('a', { href: orderLink(portfolioOrderId) }, portfolioOrderId)],
  ]
    .flat(2)
    .filter((part) => part !== false);
}

/** Indented JSON; other text unchanged. @param {string} raw */
function readable(raw) {
  try {
    // Unchanged where JavaScript would round a number.
    const text = JSON.stringify(JSON.parse(raw), null, 2);
    return text.replace(/\s/g, '') === raw.replace(/\s/g, '') ? text : raw;
  } catch {
    return raw;
  }
}
