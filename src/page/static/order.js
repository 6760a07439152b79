/** The page of one order: it follows the order as it goes on. */
import { actionsOf } from './actions.js';
import { path, read } from './api.js';
import { announce, badge, el, renew } from './dom.js';
import { follow } from './events.js';
import * as parts from './order-parts.js';
import { storyOf } from './order-story.js';

/** @param {import('./app.js').PageContext} context */
export function orderPage({ main, id, may, signal, failed }) {
  const standing = el('p', { class: 'standing' }, 'Loading …');
  const live = el('span', { class: 'quiet' });
  const trouble = el('div', { role: 'alert' });
  let isOver = false;
  const actions = actionsOf(id, may, () => {
    // A decision may take up an order of which nothing more was to come.
    if (isOver) watch();
  });
  const story = storyOf(id, signal, failed);
  /** @type {[place: HTMLElement, part: (status: any) => unknown[]][]} */
  const filled = [];
  const section = (
    /** @type {string} */ name,
    /** @type {string} */ title,
    /** @type {(status: any) => unknown[]} */ part,
  ) => {
    const place = el('div', {});
    filled.push([place, part]);
    return el('section', { 'aria-labelledby': name }, el('h2', { id: name }, title), place);
  };
  const body = el(
    'div',
    { hidden: true },
    section('attentions', 'Needs somebody', parts.attentions),
    section('waiting', 'Waits for', parts.waiting),
    actions.element,
    section('summary', 'The order', parts.summary),
    el('section', { 'aria-labelledby': 'picture' }, el('h2', { id: 'picture' }, 'Picture'), story.picture),
    section('children', 'Child orders', parts.children),
    section('deliveries', 'ESW', parts.deliveries),
    el(
      'section',
      { 'aria-labelledby': 'timeline' },
      el('h2', { id: 'timeline' }, 'Timeline'),
      story.timeline,
    ),
  );
  main.append(
    el('h1', {}, 'Order ', el('span', { class: 'id' }, id)),
    el('p', {}, standing, live),
    trouble,
    body,
  );

  let said = '';
  const view = (/** @type {any} */ status) => {
    const { phase, order } = status;
    body.hidden = false;
    trouble.replaceChildren();
    const word = order?.status ?? phase;
    standing.replaceChildren(badge(word), phase === word ? '' : ` ${phase.toLowerCase()} `);
    if (word !== said) announce(`The order is ${word}.`);
    said = word;
    for (const [place, part] of filled) renew(place, el('div', {}, part(status)));
    actions.update(status);
    story.changed(order);
  };
  /** What can be known without the stream, such as while the server has as many as it takes. */
  const look = async () => {
    try {
      view(await read(path(['portfolio-orders', id]), { signal }));
    } catch {
      // The stream is tried again, and tells what is the matter.
    }
  };
  const watch = () => {
    isOver = false;
    follow(path(['portfolio-orders', id, 'events']), signal, {
      view,
      end() {
        isOver = true;
        live.textContent = 'Nothing more will come.';
      },
      standing(isLive) {
        live.textContent = isLive
          ? 'Live: it changes here as it goes on.'
          : 'The connection broke off; trying again …';
        if (!isLive) void look();
      },
    }).catch((/** @type {unknown} */ error) => {
      standing.replaceChildren();
      live.textContent = '';
      trouble.replaceChildren(failed(error) ?? '');
    });
  };
  watch();
}
