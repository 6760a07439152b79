/** Timeline chart and timeline table of an order, reloaded shortly after each change. */
import { path, Problem, read, readBlob } from './api.js';
import { el, render, table, time } from './dom.js';

const DEBOUNCE_MS = 400;
const PAGE = 200;

/**
 * @param {string} id reference or id
 * @param {AbortSignal} signal
 * @param {(error: unknown) => Element | undefined} failed
 */
export function timelineOf(id, signal, failed) {
  const chart = el(
    'div',
    { class: 'scroll chart', role: 'region', 'aria-label': 'Timeline chart of the order', tabindex: 0 },
    el('p', { class: 'muted' }, 'Loading …'),
  );
  const list = el('div', {}, el('p', { class: 'muted' }, 'Loading …'));
  const older = el('button', { type: 'button', hidden: true }, 'Show older entries');
  let limit = PAGE;
  let imageUrl = '';
  let timer = 0;
  let total = 0;
  /** @type {Map<string, string>} */
  let names = new Map();
  let isBusy = false;
  let hasChanged = false;
  older.addEventListener('click', () => {
    limit += 5 * PAGE;
    changed();
  });
  signal.addEventListener('abort', () => {
    clearTimeout(timer);
    URL.revokeObjectURL(imageUrl);
  });

  async function drawChart() {
    try {
      const next = await readBlob(path(['portfolio-orders', id, 'timeline.svg']), signal);
      const image = el('img', {
        alt: 'Lanes over time: the portfolio order, operators, ESW, and each child order. The timeline below lists the same as text.',
        src: next,
      });
      await image.decode().catch(() => undefined);
      chart.replaceChildren(image);
      URL.revokeObjectURL(imageUrl);
      imageUrl = next;
    } catch (error) {
      const isMissing = error instanceof Problem && error.status === 404;
      const notYet = el('p', { class: 'muted' }, 'Available once Upvest has the order.');
      chart.replaceChildren((isMissing ? notYet : failed(error)) ?? '');
    }
  }

  async function fillTable() {
    try {
      const entries = await newest();
      render(list, entriesTable(entries, names));
      older.hidden = entries.length >= total;
    } catch (error) {
      list.replaceChildren(failed(error) ?? '');
    }
  }

  /** Reads the newest entries. They come last; the offset is computed from the previous response's total. */
  async function newest() {
    const pageSize = 1000;
    const entries = [];
    for (let offset = Math.max(0, total - limit); ;) {
      const part = await read(
        path(['portfolio-orders', id, 'timeline'], { offset: String(offset), limit: String(pageSize) }),
        { signal },
      );
      entries.push(...part.entries);
      total = part.total ?? entries.length;
      if (part.nextOffset === undefined) return entries.slice(-limit);
      offset = part.nextOffset;
    }
  }

  async function reload() {
    if (isBusy) {
      hasChanged = true;
      return;
    }
    isBusy = true;
    await Promise.all([drawChart(), fillTable()]);
    isBusy = false;
    if (hasChanged && !signal.aborted) {
      hasChanged = false;
      changed();
    }
  }

  /** @param {any} [order] the API's current order */
  function changed(order) {
    if (order !== undefined) names = namesIn(order);
    if (timer !== 0) return;
    timer = window.setTimeout(() => {
      timer = 0;
      void reload();
    }, DEBOUNCE_MS);
  }

  return { chart, table: el('div', {}, list, el('p', {}, older)), changed };
}

/** Display names by id of child orders and executions. @param {any} order @returns {Map<string, string>} */
function namesIn({ orders }) {
  return new Map(
    orders.flatMap((/** @type {any} */ { id, number, instrumentId, executions }) => {
      const name = `order ${number} ${instrumentId ?? ''}`.trim();
      return [[id, name], ...executions.map((/** @type {any} */ one) => [one.id, `execution of ${name}`])];
    }),
  );
}

/** Display texts of `source`. @type {Record<string, string>} */
const SOURCES = {
  placement: 'answer to our POST',
  webhook: 'Upvest webhook',
  poll: 'Upvest poll',
  snapshot: 'order snapshot',
  esw: 'ESW',
};

/** @param {any[]} entries oldest first @param {Map<string, string>} names */
function entriesTable(entries, names) {
  const rows = entries
    .toReversed()
    .map(({ at, source, rule, subject, id, text, actor, reason, times, lastAt, eventId }) => [
      time(at),
      SOURCES[source] ?? source,
      [
        subject !== 'portfolio-order' &&
          subject !== 'placement' &&
          el('span', { class: 'muted', title: id }, `${names.get(id) ?? `${subject} ${id}`}: `),
        text,
        times !== undefined && [` (${times} times, last `, time(lastAt), ')'],
        actor !== undefined && el('div', {}, `${actor}: ${reason ?? ''}`),
      ],
      [el('code', {}, rule), eventId !== undefined && el('div', { class: 'id muted' }, eventId)],
    ]);
  return table(
    'Timeline, newest first',
    ['When', 'Source', 'Event', 'Rule and event id'],
    rows,
    'No entries yet.',
  );
}
