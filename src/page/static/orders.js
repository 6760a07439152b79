/** The list of orders: first those that need somebody, then all, by filter and page. */
import { path, read } from './api.js';
import { alarms, announce, badge, el, table, time } from './dom.js';
import { form } from './form.js';

const STATUSES = ['', 'NEW', 'PROCESSING', 'FILLED', 'SETTLED', 'CANCELLED'];
const FILTERS = ['reference', 'accountId', 'status', 'attention'];
const PAGE = '25';

/** @param {import('./app.js').PageContext} context */
export function ordersPage({ main, query, signal, failed }) {
  const urgent = el('section', { 'aria-labelledby': 'urgent' }, el('h2', { id: 'urgent' }, 'Need somebody'));
  const urgentList = el('div', {}, el('p', { class: 'quiet' }, 'Loading …'));
  urgent.append(urgentList);
  const list = el('div', {}, el('p', { class: 'quiet' }, 'Loading …'));
  const given = Object.fromEntries(FILTERS.map((name) => [name, query.get(name) ?? '']));
  main.append(
    el('h1', {}, 'Orders'),
    urgent,
    el('section', { 'aria-labelledby': 'all' }, el('h2', { id: 'all' }, 'All orders'), filters(given), list),
  );

  const load = async (
    /** @type {any} */ place,
    /** @type {Record<string, string>} */ wanted,
    /** @type {string} */ what,
    /** @type {string} */ nothing,
  ) => {
    try {
      const page = await read(path(['portfolio-orders'], { limit: PAGE, ...wanted }), { signal });
      place.replaceChildren(
        ordersTable(page.orders, what, nothing),
        page.nextCursor === undefined ? '' : next(wanted, page.nextCursor),
      );
      return page.orders.length;
    } catch (error) {
      place.replaceChildren(failed(error) ?? '');
      return undefined;
    }
  };
  const next = (/** @type {Record<string, string>} */ wanted, /** @type {string} */ cursor) =>
    el('p', {}, el('a', { href: `#${path([''], { ...wanted, cursor })}` }, 'Next page'));

  void load(urgentList, { attention: 'any' }, 'Orders that need somebody', 'No order needs anybody.');
  const cursor = query.get('cursor') ?? '';
  void load(list, { ...given, cursor }, 'Orders', 'No order fits.').then((count) => {
    if (count !== undefined) announce(`${count} orders on this page.`);
  });
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
        hint: 'A code, or any',
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
        order.status === undefined
          ? badge(order.phase)
          : [badge(order.status), order.interrupted && [' ', ...alarms(['INTERRUPTED'])]],
        alarms(order.attention),
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
