/** The page of one order, updated live. */
import { actionsOf } from './actions.js';
import { path, read } from './api.js';
import { announce, badge, clockTime, el, render, time } from './dom.js';
import { follow } from './events.js';
import * as parts from './order-parts.js';
import { summary } from './order-summary.js';
import { timelineOf } from './order-timeline.js';

/** @param {import('./app.js').PageContext} context */
export function orderPage({ main, id, may, signal, failed }) {
  const statusLine = el('p', { class: 'status' }, 'Loading …');
  const connection = el('span', { class: 'muted' });
  const failure = el('div', { role: 'alert' });
  let hasEnded = false;
  /** @type {Date | undefined} */
  let disconnectedSince;
  /** Time of the newest status. @type {string | undefined} */
  let lastStatusAt;
  const actions = actionsOf(id, may, () => {
    // The decision may have reopened the order.
    if (hasEnded) watch();
  });
  const timeline = timelineOf(id, signal, failed);
  /** @type {[container: HTMLElement, part: (status: any) => unknown[]][]} */
  const rendered = [];
  const section = (
    /** @type {string} */ name,
    /** @type {string} */ title,
    /** @type {(status: any) => unknown[]} */ part,
  ) => {
    const container = el('div', {});
    rendered.push([container, part]);
    return el('section', { 'aria-labelledby': name }, el('h2', { id: name }, title), container);
  };
  const body = el(
    'div',
    { hidden: true },
    section('attentions', 'Needs attention', parts.attentions),
    section('waiting', 'Waiting for', parts.waiting),
    actions.element,
    section('summary', 'Details', summary),
    el(
      'section',
      { 'aria-labelledby': 'chart' },
      el('h2', { id: 'chart' }, 'Timeline chart'),
      timeline.chart,
    ),
    section('children', 'Child orders', parts.children),
    section('deliveries', 'ESW', parts.deliveries),
    el(
      'section',
      { 'aria-labelledby': 'timeline' },
      el('h2', { id: 'timeline' }, 'Timeline'),
      timeline.table,
    ),
  );
  main.append(
    el('h1', {}, 'Order ', el('span', { class: 'id' }, id)),
    el('p', {}, statusLine, connection),
    failure,
    body,
  );

  let announced = '';
  const view = (/** @type {any} */ status) => {
    const { phase, order, tracking } = status;
    body.hidden = false;
    failure.replaceChildren();
    const shownStatus = order?.status ?? phase;
    lastStatusAt = order?.reached?.at(-1)?.at;
    statusLine.replaceChildren(badge(shownStatus), tracking === undefined ? '' : ` ${tracking} `);
    if (shownStatus !== announced) announce(`The order is ${shownStatus}.`);
    announced = shownStatus;
    for (const [container, part] of rendered) render(container, el('div', {}, part(status)));
    actions.update(status);
    timeline.changed(order);
  };
  /** Reads the order without the stream, for example while the server accepts no more streams. */
  const readOnce = async () => {
    try {
      view(await read(path(['portfolio-orders', id]), { signal }));
    } catch {
      // Reconnecting to the stream reports the error.
    }
  };
  const watch = () => {
    hasEnded = false;
    follow(path(['portfolio-orders', id, 'events']), signal, {
      view,
      end() {
        hasEnded = true;
        connection.replaceChildren(
          ...(lastStatusAt === undefined ? ['Finished'] : ['Finished; last status ', time(lastStatusAt)]),
        );
      },
      connection(isLive) {
        disconnectedSince = isLive ? undefined : (disconnectedSince ?? new Date());
        const since = disconnectedSince && `Disconnected since ${clockTime(disconnectedSince)}.`;
        const shown = body.hidden ? '' : ' Showing the last known state.';
        connection.textContent = since === undefined ? '● Live' : `${since}${shown} Reconnecting …`;
        if (!isLive) void readOnce();
      },
    }).catch((/** @type {unknown} */ error) => {
      statusLine.replaceChildren();
      connection.textContent = '';
      failure.replaceChildren(failed(error) ?? '');
    });
  };
  watch();
}
