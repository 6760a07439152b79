/** Entry point: signs in, then routes the URL's hash to a page. */
import { hasToken, path, Problem, read, useToken } from './api.js';
import { el, refreshElapsed } from './dom.js';
import { form, problemBox } from './form.js';
import { orderPage } from './order.js';
import { ordersPage } from './orders.js';
import { parkedEventPage, parkedPage } from './parked.js';
import { placePage } from './place.js';

/**
 * Passed to each page. The page adds its elements to `main` at once, the heading first, and fills them as responses arrive.
 *
 * @typedef {{ main: HTMLElement, id: string, query: URLSearchParams, may: string[], signal: AbortSignal,
 *   failed: (error: unknown) => Element | undefined }} PageContext
 */

const main = /** @type {HTMLElement} */ (document.getElementById('main'));
/** @type {{ name: string, role: string, roles?: string[], may: string[] } | undefined} */
let caller;
/** Aborted when the page changes. */
let lifetime = new AbortController();

/** @type {[pattern: RegExp, page: (context: PageContext) => void][]} */
const ROUTES = [
  [/^\/?$/, ordersPage],
  [/^\/orders\/([^/]+)$/, orderPage],
  [/^\/parked$/, parkedPage],
  [/^\/parked\/([^/]+)$/, parkedEventPage],
  [/^\/place$/, placePage],
];

function show() {
  lifetime.abort();
  lifetime = new AbortController();
  const { signal } = lifetime;
  const [route = '', search = ''] = location.hash.replace(/^#/, '').split('?');
  main.replaceChildren();
  header(route);
  if (caller === undefined) {
    signIn();
  } else {
    const [page, id] = routeOf(route);
    const query = new URLSearchParams(search);
    page({ main, id, query, may: caller.may, signal, failed: (error) => failed(error, signal) });
  }
  const heading = main.querySelector('h1');
  document.title = `${heading?.textContent ?? ''} · Portfolio orders`;
  heading?.setAttribute('tabindex', '-1');
  if (caller !== undefined) heading?.focus();
}

/** @param {string} route @returns {[(context: PageContext) => void, string]} */
function routeOf(route) {
  for (const [pattern, page] of ROUTES) {
    const match = pattern.exec(route);
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
function unknownPage({ main: container }) {
  container.append(el('h1', {}, 'Page not found'), el('p', {}, el('a', { href: '#/' }, 'Go to orders')));
}

/** What to show for a failed call; undefined after the page has changed or the user was signed out. @param {unknown} error @param {AbortSignal} signal */
function failed(error, signal) {
  if (signal.aborted) return undefined;
  if (error instanceof Problem && error.status === 401) {
    signOut();
    return undefined;
  }
  return problemBox(error);
}

function signOut() {
  useToken('');
  caller = undefined;
  show();
}

function signIn() {
  const fields = [
    {
      name: 'token',
      label: 'API token',
      type: /** @type {const} */ ('password'),
      hint: 'Kept in memory until you reload or close this tab.',
    },
  ];
  const signInForm = form({
    submit: 'Sign in',
    fields,
    isOnce: false,
    async perform({ token }, _key, element) {
      // The browser rejects other characters in a header before it sends the request.
      if (!/^[\x21-\x7e]+$/.test(token))
        throw new Problem({
          title: 'This is not a token',
          detail: 'Paste the token without spaces or line breaks.',
          errors: [{ field: 'token', message: 'Enter your API token.' }],
        });
      useToken(token);
      try {
        caller = await read(path(['whoami']));
      } catch (error) {
        useToken('');
        if (error instanceof Problem && error.status === 401)
          throw new Problem({
            title: 'This token is not valid',
            detail: 'Check that you copied all of it.',
            status: 401,
          });
        throw error;
      }
      element.reset();
      show();
      return '';
    },
  });
  main.append(el('h1', {}, 'Sign in'), signInForm);
  signInForm.querySelector('input')?.focus();
}

/** Fills the header. @param {string} route */
function header(route) {
  const links = [
    ['#/', 'Orders'],
    ...(caller?.may.includes('place') ? [['#/place', 'Place an order']] : []),
    ['#/parked', 'Parked events'],
  ];
  const isCurrent = (/** @type {string | undefined} */ href) => href === `#${route === '' ? '/' : route}`;
  document
    .getElementById('pages')
    ?.replaceChildren(
      ...(caller === undefined
        ? []
        : links.map(([href, text]) => el('a', { href, 'aria-current': isCurrent(href) && 'page' }, text))),
    );
  document
    .getElementById('who')
    ?.replaceChildren(
      ...(caller === undefined || !hasToken()
        ? []
        : [
            `${caller.name} (${(caller.roles ?? [caller.role]).join(', ')}) `,
            el('button', { type: 'button', onclick: signOut }, 'Sign out'),
          ]),
    );
}

document.querySelector('.skip')?.addEventListener('click', (event) => {
  // Its hash would be routed as a page.
  event.preventDefault();
  main.focus();
});
addEventListener('hashchange', show);
setInterval(refreshElapsed, 1_000);
show();
