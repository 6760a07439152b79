/** Builds elements from data. External text is always set as text and never parsed as HTML. */

/**
 * @param {string} name
 * @param {Record<string, string | number | boolean | undefined | ((event: any) => unknown)>} [attributes] `onclick` and other functions become listeners; false and undefined are skipped
 * @param {...unknown} children elements, text or lists of them; undefined and false are skipped
 * @returns {any}
 */
export function el(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    if (typeof value === 'function') element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value === true ? '' : String(value));
  }
  element.append(.../** @type {any[]} */ (present(children)));
  return element;
}

/** @param {unknown[]} children */
function present(children) {
  return children.flat(Infinity).filter((child) => child !== undefined && child !== false);
}

/**
 * A table that scrolls horizontally when it is too wide and becomes a list on narrow screens; explicit roles keep it a table
 * for screen readers. The first cell of each row is its heading.
 *
 * @param {string} caption
 * @param {string[]} headings
 * @param {unknown[][]} rows
 * @param {unknown} [empty] text or elements shown when there are no rows
 */
export function table(caption, headings, rows, empty = 'None.') {
  if (rows.length === 0) return el('p', { class: 'muted' }, empty);
  const head = headings.map((heading) => el('th', { scope: 'col', role: 'columnheader' }, heading));
  const body = rows.map(([first, ...others]) =>
    el(
      'tr',
      { role: 'row' },
      el('th', { scope: 'row', role: 'rowheader' }, first),
      others.map((cell, index) => el('td', { role: 'cell', 'data-label': headings[index + 1] }, cell)),
    ),
  );
  return el(
    'div',
    { class: 'scroll', role: 'region', 'aria-label': caption, tabindex: 0 },
    el(
      'table',
      { role: 'table' },
      el('caption', { class: 'hidden' }, caption),
      el('thead', { role: 'rowgroup' }, el('tr', { role: 'row' }, head)),
      el('tbody', { role: 'rowgroup' }, body),
    ),
  );
}

/**
 * A definition list; pairs without a value are skipped.
 *
 * @param {[string, unknown][]} pairs
 */
export function definitions(pairs) {
  const known = pairs.filter(([, value]) => value !== undefined && value !== '');
  return el(
    'dl',
    {},
    known.map(([term, value]) => el('div', {}, el('dt', {}, term), el('dd', {}, value))),
  );
}

/**
 * A time in UTC; unparsable text is shown unchanged.
 *
 * @param {string | undefined} iso
 */
export function time(iso) {
  if (iso === undefined) return undefined;
  const moment = new Date(iso);
  if (Number.isNaN(moment.getTime())) return iso;
  const text = moment.toISOString();
  return el(
    'time',
    { datetime: text, title: `${text.slice(0, 10)} ${text.slice(11, 23)} UTC` },
    // A line may break only between date and time.
    el('span', {}, text.slice(0, 10)),
    ' ',
    el('span', {}, `${text.slice(11, 19)} UTC`),
  );
}

/** Time of day, `23:19:04 UTC`. @param {Date} date */
export function clockTime(date) {
  return `${date.toISOString().slice(11, 19)} UTC`;
}

/**
 * A duration that is kept up to date by {@link refreshElapsed}: `12 min` since a past time, `in 4 min` until a future one.
 * The absolute time is in its title.
 *
 * @param {string} iso
 * @param {'since' | 'until'} kind
 */
export function elapsed(iso, kind) {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return iso;
  const text = date.toISOString();
  const title = `${text.slice(0, 10)} ${text.slice(11, 23)} UTC`;
  return el('time', { datetime: text, title, 'data-elapsed': kind }, elapsedText(date, kind));
}

/** Updates all durations on the page. */
export function refreshElapsed() {
  for (const element of document.querySelectorAll('time[data-elapsed]')) {
    const text = elapsedText(
      new Date(element.getAttribute('datetime') ?? ''),
      element.getAttribute('data-elapsed'),
    );
    if (element.textContent !== text) element.textContent = text;
  }
}

/** @param {Date} date @param {string | null} kind */
function elapsedText(date, kind) {
  const ms = Date.now() - date.getTime();
  if (kind === 'since') return duration(ms);
  return ms >= 0 ? 'now' : `in ${duration(-ms)}`;
}

/** `40 s`, `12 min`, `3 h 5 min`, `2 d`. @param {number} ms */
function duration(ms) {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  if (minutes < 1) return `${seconds} s`;
  if (hours < 1) return `${minutes} min`;
  const [large, small] =
    hours < 24
      ? [`${hours} h`, minutes % 60 && `${minutes % 60} min`]
      : [`${Math.floor(hours / 24)} d`, hours % 24 && `${hours % 24} h`];
  return small === 0 ? large : `${large} ${small}`;
}

const SYMBOLS = { NEW: '○', PROCESSING: '▶', FILLED: '◆', SETTLED: '■', CANCELLED: '✕' };

/**
 * A status as colour, symbol and text.
 *
 * @param {string | undefined} status
 */
export function badge(status) {
  if (status === undefined) return undefined;
  const symbol = /** @type {Record<string, string>} */ (SYMBOLS)[status];
  const isKnown = symbol !== undefined;
  return el(
    'span',
    { class: isKnown ? `badge ${status.toLowerCase()}` : 'badge' },
    isKnown && el('span', { 'aria-hidden': 'true' }, `${symbol} `),
    status,
  );
}

/**
 * Badges for what needs attention, such as issue codes.
 *
 * @param {string[]} codes
 */
export function alertBadges(codes) {
  return codes.map((code) =>
    el('span', { class: 'badge alert' }, el('span', { 'aria-hidden': 'true' }, '▲ '), code),
  );
}

/**
 * Replaces the content of a container if it has changed; otherwise scroll position and focus stay.
 *
 * @param {HTMLElement} container
 * @param {Element} content
 */
export function render(container, content) {
  if (container.childNodes.length === 1 && container.firstChild?.isEqualNode(content)) return;
  const isFocused = container.contains(document.activeElement);
  container.replaceChildren(content);
  if (isFocused) /** @type {HTMLElement | null} */ (container.querySelector('[tabindex]'))?.focus();
}

/** Has screen readers read a text. @param {string} text */
export function announce(text) {
  const live = document.getElementById('announcements');
  if (live !== null) live.textContent = text;
}
