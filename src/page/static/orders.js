/** The orders page: open orders that need attention, finished orders with open issues, and all orders by filter and page. */
import { path, read } from './api.js';
import { alertBadges, announce, badge, el, table, time } from './dom.js';
import { form } from './form.js';

const STATUSES = ['', 'NEW', 'PROCESSING', 'FILLED', 'SETTLED', 'CANCELLED'];
/** @type {[value: string, text: string][]} */
const STATES = [
  ['', 'any'],
  ['true', 'open'],
  ['false', 'finished'],
];
const FILTERS = ['reference', 'accountId', 'status', 'attention', 'open'];
const PAGE = '25';

/**
 * Lists above all orders. Finished orders are listed apart: nothing waits for them any more.
 *
 * @type {{ name: string, title: string, description: string, empty: string, filter: Record<string, string>, limit: string }[]}
 */
const ATTENTION_LISTS = [
  {
    name: 'urgent',
    title: 'Needs attention',
    description: 'Open an order to see the cause and the next step.',
    empty: 'No open orders need attention.',
    filter: { attention: 'any', open: 'true' },
    limit: PAGE,
  },
  {
    name: 'finished',
    title: 'Finished with open issues',
    description:
      'These orders finished with unacknowledged issues. Acknowledge them, or reopen an order to act on it.',
    empty: 'No finished orders have open issues.',
    filter: { attention: 'any', open: 'false' },
    limit: '10',
  },
];

/** @param {import('./app.js').PageContext} context */
export function ordersPage({ main, query, signal, failed }) {
  const filter = Object.fromEntries(FILTERS.map((name) => [name, query.get(name) ?? '']));
  const list = loading();
  const partners = el('div', {});
  main.append(el('h1', {}, 'Orders'), partners);
  void showPartners(partners, { signal, failed });

  const load = async (
    /** @type {any} */ container,
    /** @type {Record<string, string>} */ wanted,
    /** @type {[caption: string, empty: unknown]} */ texts,
    /** @type {(cursor: string) => Element} */ more,
  ) => {
    try {
      const page = await read(path(['portfolio-orders'], { limit: PAGE, ...wanted }), { signal });
      container.replaceChildren(
        ordersTable(page.orders, ...texts),
        page.nextCursor === undefined ? '' : el('p', {}, more(page.nextCursor)),
      );
      return page;
    } catch (error) {
      container.replaceChildren(failed(error) ?? '');
      return undefined;
    }
  };

  for (const { name, title, description, empty, filter: wanted, limit } of ATTENTION_LISTS) {
    const container = loading();
    const count = el('span', { class: 'muted' });
    const heading = el('h2', {}, el('span', { id: name }, title), count);
    main.append(
      el(
        'section',
        { 'aria-labelledby': name },
        heading,
        el('p', { class: 'muted' }, description),
        container,
      ),
    );
    void load(container, { ...wanted, limit }, [title, empty], () =>
      el('a', { href: `#${path([''], wanted)}` }, 'View all'),
    ).then((page) => {
      if (page === undefined || page.orders.length === 0) return;
      count.textContent = ` (${page.orders.length}${page.nextCursor === undefined ? '' : '+'})`;
    });
  }
  main.append(
    el(
      'section',
      { 'aria-labelledby': 'all' },
      el('h2', { id: 'all' }, 'All orders'),
      filterForm(filter),
      list,
    ),
  );
  const isFiltered = Object.values(filter).some((value) => value !== '');
  const empty = isFiltered
    ? ['No orders match these filters. ', el('a', { href: '#/' }, 'Clear filters')]
    : 'No orders yet.';
  const cursor = query.get('cursor') ?? '';
  void load(list, { ...filter, cursor }, ['Orders', empty], (next) =>
    el('a', { href: `#${path([''], { ...filter, cursor: next })}` }, 'Next page'),
  ).then((page) => {
    if (page !== undefined) announce(`Orders on this page: ${page.orders.length}.`);
  });
}

/** @type {[partner: string, name: string][]} */
const PARTNERS = [
  ['esw', 'ESW'],
  ['upvest', 'Upvest'],
];

/**
 * Names each partner that fails; orders that wait for it may need no attention yet.
 *
 * @param {Element} container @param {Pick<import('./app.js').PageContext, 'signal' | 'failed'>} context
 */
async function showPartners(container, { signal, failed }) {
  try {
    const status = await read(path(['status']), { signal });
    container.replaceChildren(
      ...PARTNERS.filter(([partner]) => status[partner].state === 'failing').map(([partner, name]) => {
        const { since, ordersWaiting, lastError } = status[partner];
        return el(
          'p',
          { class: 'problem', role: 'status' },
          `${name} has been failing since `,
          time(since),
          `. Orders waiting for it: ${ordersWaiting}. Last error: ${lastError}`,
        );
      }),
      clockProblem(status.clock),
    );
  } catch (error) {
    container.replaceChildren(failed(error) ?? '');
  }
}

/** @param {{ aheadSeconds: number, isOff: boolean } | undefined} clock */
function clockProblem(clock) {
  if (clock?.isOff !== true) return '';
  const { aheadSeconds } = clock;
  const skew = `${Math.abs(aheadSeconds)} s ${aheadSeconds > 0 ? 'ahead of' : 'behind'} Upvest’s`;
  return el(
    'p',
    { class: 'problem', role: 'status' },
    `The server’s clock is ${skew}: synchronise it, or signatures are rejected.`,
  );
}

function loading() {
  return el('div', {}, el('p', { class: 'muted' }, 'Loading …'));
}

/** @param {Record<string, string>} filter */
function filterForm(filter) {
  const element = form({
    submit: 'Apply',
    isOnce: false,
    fields: [
      { name: 'reference', label: 'Reference', value: filter.reference, optional: true },
      { name: 'accountId', label: 'Account id', value: filter.accountId, optional: true },
      {
        name: 'status',
        label: 'Status',
        type: 'select',
        options: STATUSES,
        value: filter.status,
        optional: true,
      },
      {
        name: 'attention',
        label: 'Issue',
        value: filter.attention,
        optional: true,
        hint: 'An issue code, INTERRUPTED, or any',
      },
      {
        name: 'open',
        label: 'State',
        type: 'select',
        options: STATES,
        value: filter.open,
        optional: true,
      },
    ],
    perform(values) {
      const hash = `#${path([''], values)}`;
      // An unchanged hash fires no event, but the list is to be reloaded.
      if (hash === (location.hash || '#/')) dispatchEvent(new HashChangeEvent('hashchange'));
      else location.hash = hash;
      return Promise.resolve('');
    },
  });
  element.classList.add('filters');
  element.setAttribute('role', 'search');
  return element;
}

/** @param {any[]} orders @param {string} caption @param {unknown} empty */
function ordersTable(orders, caption, empty) {
  return table(
    caption,
    ['Order', 'Status', 'Issues', 'Type', 'Account', 'Settlement due', 'Opened'],
    orders.map((order) => {
      const name = order.reference ?? order.portfolioOrderId;
      return [
        el('a', { href: orderLink(name) }, name),
        badge(order.status ?? order.phase),
        alertBadges([
          ...(order.interrupted ? ['INTERRUPTED'] : []),
          ...order.attention,
          ...(order.troubles ?? []).map(troubleBadge),
        ]),
        order.type,
        order.accountId !== undefined && el('span', { class: 'id' }, order.accountId),
        time(order.settlementDue),
        time(order.openedAt),
      ];
    }),
    empty,
  );
}

/** @param {{ partner: string }} trouble */
function troubleBadge({ partner }) {
  return partner === 'esw' ? 'ESW FAILS' : 'UPVEST FAILS';
}

/** @param {string} name */
export function orderLink(name) {
  return `#${path(['orders', name])}`;
}
