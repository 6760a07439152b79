/** Elements made from data. Text is always set as text: nothing that comes from outside is ever read as HTML. */

/**
 * @param {string} name
 * @param {Record<string, string | number | boolean | undefined | ((event: any) => unknown)>} [attributes] `onclick` and the like are listeners; false and undefined are left out
 * @param {...unknown} children elements, text, lists of them; undefined and false are nothing
 * @returns {any}
 */
export function el(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    if (typeof value === 'function') element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value === true ? '' : String(value));
  }
  element.append(.../** @type {any[]} */ (shown(children)));
  return element;
}

/** @param {unknown[]} children */
function shown(children) {
  return children.flat(Infinity).filter((child) => child !== undefined && child !== false);
}

/**
 * A table that scrolls by itself where it is too wide, and turns into a list on narrow screens; the roles stay through that.
 * The first cell of a row is its heading.
 *
 * @param {string} caption
 * @param {string[]} headings
 * @param {unknown[][]} rows
 * @param {string} [nothing] what stands there instead of a table without rows
 */
export function table(caption, headings, rows, nothing = 'None.') {
  if (rows.length === 0) return el('p', { class: 'quiet' }, nothing);
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
 * Terms and what is known of them; unknown ones are left out.
 *
 * @param {[string, unknown][]} pairs
 */
export function facts(pairs) {
  const known = pairs.filter(([, value]) => value !== undefined && value !== '');
  return el(
    'dl',
    {},
    known.map(([term, value]) => el('div', {}, el('dt', {}, term), el('dd', {}, value))),
  );
}

/**
 * A moment in UTC; what cannot be read as one is shown as it is.
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
    // Where there is little room a line may end between the two, and nowhere else.
    el('span', {}, text.slice(0, 10)),
    ' ',
    el('span', {}, `${text.slice(11, 19)} UTC`),
  );
}

const SIGNS = { NEW: '○', PROCESSING: '▶', FILLED: '◆', SETTLED: '■', CANCELLED: '✕' };

/**
 * A status by colour, sign and word.
 *
 * @param {string | undefined} status
 */
export function badge(status) {
  if (status === undefined) return undefined;
  const sign = /** @type {Record<string, string>} */ (SIGNS)[status];
  const known = sign !== undefined;
  return el(
    'span',
    { class: known ? `badge ${status.toLowerCase()}` : 'badge' },
    known && el('span', { 'aria-hidden': 'true' }, `${sign} `),
    status,
  );
}

/**
 * What somebody has to look at, as words with a sign.
 *
 * @param {string[]} codes
 */
export function alarms(codes) {
  return codes.map((code) =>
    el('span', { class: 'badge alarm' }, el('span', { 'aria-hidden': 'true' }, '▲ '), code),
  );
}

/**
 * Puts new content into a place. What has not changed stays, with where somebody reads or stands in it.
 *
 * @param {HTMLElement} place
 * @param {Element} content
 */
export function renew(place, content) {
  if (place.childNodes.length === 1 && place.firstChild?.isEqualNode(content)) return;
  const isFocused = place.contains(document.activeElement);
  place.replaceChildren(content);
  if (isFocused) /** @type {HTMLElement | null} */ (place.querySelector('[tabindex]'))?.focus();
}

/** @param {string} text */
export function announce(text) {
  const live = document.getElementById('announcements');
  if (live !== null) live.textContent = text;
}
