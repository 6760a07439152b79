/** The list of orders: first those that need somebody, then those that ended in need, then all, by filter and page. */
import { path, read } from './api.js';
import { alarms, announce, badge, el, table, time } from './dom.js';
import { form } from './form.js';

const STATUSES = ['', 'NEW', 'PROCESSING', 'FILLED', 'SETTLED', 'CANCELLED'];
/** @type {[value: string, text: string][]} */
const STANDINGS = [
  ['', 'open or ended'],
  ['true', 'open'],
  ['false', 'ended'],
];
const FILTERS = ['reference', 'accountId', 'status', 'attention', 'open'];
const PAGE = '25';

/**
 * Lists above that of all orders. An ended order takes no decision but to be reopened, so it must not stand in the way of
 * those that can be helped.
 *
 * @type {{ name: string, title: string, meaning: string, nothing: string, wanted: Record<string, string>, most: string }[]}
 */
const CALLS = [
  {
    name: 'urgent',
    title: 'Need somebody',
    meaning: 'Open orders. Each page says what is the matter and what can be done about it.',
    nothing: 'No open order needs anybody.',
    wanted: { attention: 'any', open: 'true' },
    most: PAGE,
  },
  {
    name: 'ended',
    title: 'Ended, and somebody should look',
    meaning:
      'They ended with something that nobody had acknowledged, and take no decision any more. Look whether something is left to do, and if so reopen.',
    nothing: 'No ended order is left to look at.',
    wanted: { attention: 'any', open: 'false' },
    most: '10',
  },
];

/** @param {import('./app.js').PageContext} context */
export function ordersPage({ main, query, signal, failed }) {
  const given = Object.fromEntries(FILTERS.map((name) => [name, query.get(name) ?? '']));
  const list = waiting();
  main.append(el('h1', {}, 'Orders'));

  const load = async (
    /** @type {any} */ place,
    /** @type {Record<string, string>} */ wanted,
    /** @type {[what: string, nothing: string]} */ words,
    /** @type {(cursor: string) => Element} */ more,
  ) => {
    try {
      const page = await read(path(['portfolio-orders'], { limit: PAGE, ...wanted }), { signal });
      place.replaceChildren(
        ordersTable(page.orders, ...words),
        page.nextCursor === undefined ? '' : el('p', {}, more(page.nextCursor)),
      );
      return page.orders.length;
    } catch (error) {
      place.replaceChildren(failed(error) ?? '');
      return undefined;
    }
  };

  for (const { name, title, meaning, nothing, wanted, most } of CALLS) {
    const place = waiting();
    const heading = el('h2', { id: name }, title);
    main.append(
      el('section', { 'aria-labelledby': name }, heading, el('p', { class: 'quiet' }, meaning), place),
    );
    void load(place, { ...wanted, limit: most }, [title, nothing], () =>
      el('a', { href: `#${path([''], wanted)}` }, 'All of them'),
    );
  }
  main.append(
    el('section', { 'aria-labelledby': 'all' }, el('h2', { id: 'all' }, 'All orders'), filters(given), list),
  );
  const cursor = query.get('cursor') ?? '';
  void load(list, { ...given, cursor }, ['Orders', 'No order fits.'], (next) =>
    el('a', { href: `#${path([''], { ...given, cursor: next })}` }, 'Next page'),
  ).then((count) => {
    if (count !== undefined) announce(`${count} orders on this page.`);
  });
}

function waiting() {
  return el('div', {}, el('p', { class: 'quiet' }, 'Loading …'));
}

/** @param {Record<string, string>} given */
function filters(given) {
  const element = form({
    submit: 'Show',
    isOnce: false,
    fields: [
      { name: 'reference', label: 'Reference', value: given.reference, optional: true },
      { name: 'accountId', label: 'Account id', value: given.accountId, optional: true },
      {
        name: 'status',
        label: 'Status',
        type: 'select',
        options: STATUSES,
        value: given.status,
        optional: true,
      },
      {
        name: 'attention',
        label: 'Attention',
        value: given.attention,
        optional: true,
        hint: 'A code, INTERRUPTED, or any',
      },
      {
        name: 'open',
        label: 'Standing',
        type: 'select',
        options: STANDINGS,
        value: given.open,
        optional: true,
      },
    ],
    perform(values) {
      const hash = `#${path([''], values)}`;
      // The same address again is no change of it, and yet a wish to look again.
      if (hash === (location.hash || '#/')) dispatchEvent(new HashChangeEvent('hashchange'));
      else location.hash = hash;
      return Promise.resolve('');
    },
  });
  element.classList.add('filters');
  element.setAttribute('role', 'search');
  return element;
}

/** @param {any[]} orders @param {string} what @param {string} nothing */
function ordersTable(orders, what, nothing) {
  return table(
    what,
    ['Order', 'Status', 'Needs', 'Type', 'Account', 'Settlement due', 'Opened'],
    orders.map((order) => {
      const name = order.reference ?? order.portfolioOrderId;
      return [
        el('a', { href: orderLink(name) }, name),
        badge(order.status ?? order.phase),
        alarms([...(order.interrupted ? ['INTERRUPTED'] : []), ...order.attention]),
        order.type,
        order.accountId !== undefined && el('span', { class: 'id' }, order.accountId),
        time(order.settlementDue),
        time(order.openedAt),
      ];
    }),
    nothing,
  );
}

/** @param {string} name */
export function orderLink(name) {
  return `#${path(['orders', name])}`;
}
