/** The picture and the timeline of an order, read anew some moments after it changed. */
import { path, Problem, read, readBlob } from './api.js';
import { el, renew, table, time } from './dom.js';

const CALM_MS = 400;
const PAGE = 200;

/**
 * @param {string} id reference or id
 * @param {AbortSignal} signal
 * @param {(error: unknown) => Element | undefined} failed
 */
export function storyOf(id, signal, failed) {
  const picture = el(
    'div',
    { class: 'scroll picture', role: 'region', 'aria-label': 'Picture of the order', tabindex: 0 },
    el('p', { class: 'quiet' }, 'Loading …'),
  );
  const steps = el('div', {}, el('p', { class: 'quiet' }, 'Loading …'));
  const older = el('button', { type: 'button', hidden: true }, 'Show older steps');
  let wanted = PAGE;
  let address = '';
  let timer = 0;
  let total = 0;
  /** @type {Map<string, string>} */
  let names = new Map();
  let isBusy = false;
  let isStale = false;
  older.addEventListener('click', () => {
    wanted += 5 * PAGE;
    changed();
  });
  signal.addEventListener('abort', () => {
    clearTimeout(timer);
    URL.revokeObjectURL(address);
  });

  async function draw() {
    try {
      const next = await readBlob(path(['portfolio-orders', id, 'timeline.svg']), signal);
      const image = el('img', {
        alt: 'Lanes over time: the portfolio order, operators, ESW, and each child order. The timeline below tells the same in words.',
        src: next,
      });
      await image.decode().catch(() => undefined);
      picture.replaceChildren(image);
      URL.revokeObjectURL(address);
      address = next;
    } catch (error) {
      const isThere = !(error instanceof Problem) || error.status !== 404;
      const nothing = el('p', { class: 'quiet' }, 'There is none before the order has begun at Upvest.');
      picture.replaceChildren((isThere ? failed(error) : nothing) ?? '');
    }
  }

  async function tell() {
    try {
      const entries = await newest();
      renew(steps, stepsTable(entries, names));
      older.hidden = entries.length >= total;
    } catch (error) {
      steps.replaceChildren(failed(error) ?? '');
    }
  }

  /** The newest entries come last, and how many there are is known from the answer before. */
  async function newest() {
    const most = 1000;
    const entries = [];
    for (let offset = Math.max(0, total - wanted); ;) {
      const part = await read(
        path(['portfolio-orders', id, 'timeline'], { offset: String(offset), limit: String(most) }),
        { signal },
      );
      entries.push(...part.entries);
      total = part.total ?? entries.length;
      if (part.nextOffset === undefined) return entries.slice(-wanted);
      offset = part.nextOffset;
    }
  }

  async function readAgain() {
    if (isBusy) {
      isStale = true;
      return;
    }
    isBusy = true;
    await Promise.all([draw(), tell()]);
    isBusy = false;
    if (isStale && !signal.aborted) {
      isStale = false;
      changed();
    }
  }

  /** @param {any} [order] as the API shows it now */
  function changed(order) {
    if (order !== undefined) names = namesIn(order);
    if (timer !== 0) return;
    timer = window.setTimeout(() => {
      timer = 0;
      void readAgain();
    }, CALM_MS);
  }

  return { picture, timeline: el('div', {}, steps, el('p', {}, older)), changed };
}

/** Words for the ids of children and executions. @param {any} order @returns {Map<string, string>} */
function namesIn({ orders }) {
  return new Map(
    orders.flatMap((/** @type {any} */ { id, number, instrumentId, executions }) => {
      const name = `order ${number} ${instrumentId ?? ''}`.trim();
      return [[id, name], ...executions.map((/** @type {any} */ one) => [one.id, `execution of ${name}`])];
    }),
  );
}

/** @param {any[]} entries oldest first @param {Map<string, string>} names */
function stepsTable(entries, names) {
  const rows = entries
    .toReversed()
    .map(({ at, source, rule, subject, id, text, actor, reason, times, lastAt, eventId }) => [
      time(at),
      source,
      [
        subject !== 'portfolio-order' &&
          el('span', { class: 'quiet', title: id }, `${names.get(id) ?? `${subject} ${id}`}: `),
        text,
        times !== undefined && [` (${times} times, last `, time(lastAt), ')'],
        actor !== undefined && el('div', {}, `${actor}: ${reason ?? ''}`),
      ],
      [el('code', {}, rule), eventId !== undefined && el('div', { class: 'id quiet' }, eventId)],
    ]);
  return table(
    'Timeline, newest first',
    ['When', 'Who', 'What', 'Rule and event'],
    rows,
    'Nothing has happened at Upvest.',
  );
}
