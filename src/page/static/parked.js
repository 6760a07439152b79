/** Events of Upvest's that could not be used: what they are, and what an operator does about them. */
import { path, read } from './api.js';
import { announce, badge, el, facts, table, time } from './dom.js';
import { form } from './form.js';
import { orderLink } from './orders.js';

/** @type {Record<string, string>} */
const REASONS = {
  UNROUTED: 'Nobody could say whose it is. It is tried again by itself for a week.',
  REFUSED_BY_ORDER: 'The engine would not take it for its order. It is tried again by itself for a week.',
  UNREADABLE: 'It is not JSON, or lacks what an observation needs.',
  UNKNOWN_TYPE: 'There is no rule for its type; Upvest’s test event is one of these.',
  LATE: 'News of a finished order, such as a mistrade. Reopen the order, then retry this.',
};

/** @param {import('./app.js').PageContext} context */
export function parkedPage({ main, query, may, signal, failed }) {
  const list = el('div', {}, el('p', { class: 'quiet' }, 'Loading …'));
  main.append(
    el('h1', {}, 'Parked events'),
    el('p', {}, 'Events of Upvest’s that could not be used, newest first. None is lost.'),
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
      el('span', { class: 'word' }, reason),
      detailOf(detail),
      time(receivedAt),
    ]);
    list.replaceChildren(
      table('Parked events', ['Event', 'Reason', 'Detail', 'Received'], rows, 'Nothing is parked.'),
      nextCursor === undefined
        ? ''
        : el('p', {}, el('a', { href: `#${path(['parked'], { cursor: nextCursor })}` }, 'Next page')),
    );
    announce(`${events.length} parked events on this page.`);
  };
  load().catch((/** @type {unknown} */ error) => list.replaceChildren(failed(error) ?? ''));
}

/** @param {import('./app.js').PageContext} context */
export function parkedEventPage({ main, id, may, signal, failed }) {
  const place = el('div', {}, el('p', { class: 'quiet' }, 'Loading …'));
  const actions = el('div', {});
  main.append(
    el('h1', {}, 'Parked event'),
    el('p', {}, el('a', { href: '#/parked' }, 'All parked events')),
    el('section', { 'aria-label': 'The event' }, place),
    actions,
  );
  const load = async () => {
    const event = await read(path(['parked-events', id]), { signal });
    const { eventId, reason, detail, receivedAt, state, retried, outcome, raw, rawEncoding } = event;
    place.replaceChildren(
      facts([
        ['Event', eventId],
        ['Reason', reason],
        ['Meaning', REASONS[reason]],
        ['Detail', detailOf(detail)],
        ['Received', time(receivedAt)],
        ['State', badge(state)],
        ['Tried again by itself', retried ? 'yes' : 'no'],
        ['Ended', outcome && outcomeOf(outcome)],
      ]),
      el('h2', { id: 'raw' }, rawEncoding === undefined ? 'As it came' : `As it came, in ${rawEncoding}`),
      el('pre', { class: 'scroll', role: 'region', 'aria-labelledby': 'raw', tabindex: 0 }, readable(raw)),
    );
    return state;
  };
  load()
    .then((state) => {
      if (state === 'OPEN') actions.replaceChildren(...decisions(id, may, load));
    })
    .catch((/** @type {unknown} */ error) => place.replaceChildren(failed(error) ?? ''));
}

/** @param {string} id @param {string[]} may @param {() => Promise<unknown>} renew */
function decisions(id, may, renew) {
  const asked = (/** @type {string} */ name, /** @type {string} */ label, /** @type {string} */ meaning) => {
    if (!may.includes(`${name}-parked-event`)) return [];
    const element = form({
      submit: label,
      isOnce: name === 'discard',
      fields: [
        { name: 'reason', label: 'Why', type: 'area', maxlength: 1000 },
        {
          name: 'actor',
          label: 'Who decides',
          optional: true,
          maxlength: 100,
          hint: 'The token’s name stays with it.',
        },
      ],
      async perform({ reason, actor }, key) {
        const json = { reason, ...(actor !== undefined && { actor }) };
        const outcome = await read(path(['parked-events', id, name]), { method: 'POST', json, key });
        announce(`It is ${outcome.outcome}.`);
        await renew().catch(() => undefined);
        return outcomeOf(outcome);
      },
    });
    return [
      el(
        'section',
        { class: 'card', 'aria-labelledby': name },
        el('h2', { id: name }, label),
        el('p', {}, meaning),
        element,
      ),
    ];
  };
  return [
    ...asked('retry', 'Retry', 'Tries now to hand it to its order, such as after a deploy that can read it.'),
    ...asked('discard', 'Discard', 'It is of no use, and ends here. Why is kept.'),
  ];
}

/** The order that it is about, where it is known, is one click away. @param {string} detail */
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

/** JSON with a line for each member; what is none as it is. @param {string} raw */
function readable(raw) {
  try {
    // Numbers that JavaScript would round stay as they came.
    const text = JSON.stringify(JSON.parse(raw), null, 2);
    return text.replace(/\s/g, '') === raw.replace(/\s/g, '') ? text : raw;
  } catch {
    return raw;
  }
}
