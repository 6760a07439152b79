/** Begins here: asks for the token, and shows the page that the address names. */
import { hasToken, path, Problem, read, useToken } from './api.js';
import { el } from './dom.js';
import { form, problemBox } from './form.js';
import { orderPage } from './order.js';
import { ordersPage } from './orders.js';
import { parkedEventPage, parkedPage } from './parked.js';
import { placePage } from './place.js';

/**
 * What a page is given. It puts its elements into `main` at once, its heading first, and fills them as answers come.
 *
 * @typedef {{ main: HTMLElement, id: string, query: URLSearchParams, may: string[], signal: AbortSignal,
 *   failed: (error: unknown) => Element | undefined }} PageContext
 */

const main = /** @type {HTMLElement} */ (document.getElementById('main'));
/** @type {{ name: string, role: string, roles?: string[], may: string[] } | undefined} */
let caller;
let leave = new AbortController();

/** @type {[pattern: RegExp, page: (context: PageContext) => void][]} */
const ROUTES = [
  [/^\/?$/, ordersPage],
  [/^\/orders\/([^/]+)$/, orderPage],
  [/^\/parked$/, parkedPage],
  [/^\/parked\/([^/]+)$/, parkedEventPage],
  [/^\/place$/, placePage],
];

function show() {
  leave.abort();
  leave = new AbortController();
  const { signal } = leave;
  const [way = '', search = ''] = location.hash.replace(/^#/, '').split('?');
  main.replaceChildren();
  frame(way);
  if (caller === undefined) {
    askForToken();
  } else {
    const [page, id] = routeOf(way);
    const query = new URLSearchParams(search);
    page({ main, id, query, may: caller.may, signal, failed: (error) => failed(error, signal) });
  }
  const heading = main.querySelector('h1');
  document.title = `${heading?.textContent ?? ''} · Portfolio orders`;
  heading?.setAttribute('tabindex', '-1');
  if (caller !== undefined) heading?.focus();
}

/** @param {string} way @returns {[(context: PageContext) => void, string]} */
function routeOf(way) {
  for (const [pattern, page] of ROUTES) {
    const match = pattern.exec(way);
    if (match !== null) return [page, decoded(match[1] ?? '')];
  }
  return [unknownPage, ''];
}

/** @param {string} text */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** @param {PageContext} context */
function unknownPage({ main: place }) {
  place.append(el('h1', {}, 'No such page'), el('p', {}, el('a', { href: '#/' }, 'To the orders')));
}

/** What a failed call shows; undefined when nobody waits for it. @param {unknown} error @param {AbortSignal} signal */
function failed(error, signal) {
  if (signal.aborted) return undefined;
  if (error instanceof Problem && error.status === 401) {
    forget();
    return undefined;
  }
  return problemBox(error);
}

function forget() {
  useToken('');
  caller = undefined;
  show();
}

function askForToken() {
  const fields = [
    {
      name: 'token',
      label: 'API token',
      type: /** @type {const} */ ('password'),
      hint: 'It stays in this page’s memory only.',
    },
  ];
  const login = form({
    submit: 'Enter',
    fields,
    isOnce: false,
    async perform({ token }, _key, element) {
      // What cannot stand in a header would be an error of the browser's, not an answer.
      if (!/^[\x21-\x7e]+$/.test(token))
        throw new Problem({
          title: 'That is no token',
          detail: 'Paste it without blanks.',
          errors: [{ field: 'token', message: 'must be given' }],
        });
      useToken(token);
      try {
        caller = await read(path(['whoami']));
      } catch (error) {
        useToken('');
        throw error;
      }
      element.reset();
      show();
      return '';
    },
  });
  main.append(el('h1', {}, 'Who are you?'), login);
  login.querySelector('input')?.focus();
}

/** @param {string} way */
function frame(way) {
  const links = [
    ['#/', 'Orders'],
    ...(caller?.may.includes('place') ? [['#/place', 'Place an order']] : []),
    ['#/parked', 'Parked events'],
  ];
  const isHere = (/** @type {string | undefined} */ href) => href === `#${way === '' ? '/' : way}`;
  document
    .getElementById('pages')
    ?.replaceChildren(
      ...(caller === undefined
        ? []
        : links.map(([href, text]) => el('a', { href, 'aria-current': isHere(href) && 'page' }, text))),
    );
  document
    .getElementById('who')
    ?.replaceChildren(
      ...(caller === undefined || !hasToken()
        ? []
        : [
            `${caller.name} (${(caller.roles ?? [caller.role]).join(', ')}) `,
            el('button', { type: 'button', onclick: forget }, 'Use another token'),
          ]),
    );
}

document.querySelector('.skip')?.addEventListener('click', (event) => {
  // Its address would be taken for that of a page.
  event.preventDefault();
  main.focus();
});
addEventListener('hashchange', show);
show();
