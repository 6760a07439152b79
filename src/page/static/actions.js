/** Operator actions on an order, each with a form. */
import { path, Problem, read } from './api.js';
import { announce, el } from './dom.js';
import { DECISION_FIELDS, form, selection } from './form.js';

/** @typedef {{ phase: string, interrupted?: boolean, placement?: any, order?: any }} OrderStatus */

/** Label of `retry-emission`. */
export const RESEND = 'Resend to ESW';
/** Label of `skip-emission`. */
const LEAVE_OUT = 'Leave out';
const RESOLVE = 'Resolve placement';

/** The advice with the labels of the buttons in place of the names of the commands. @param {string} advice */
export const adviceFor = (advice) =>
  advice
    .replace('retry-emission', `“${RESEND}”`)
    .replace('skip-emission', `“${LEAVE_OUT}”`)
    .replace('with identify', `with “${RESOLVE}”`);

/** The names of the actions that the server allows now. @param {OrderStatus} status @returns {string[]} */
export const allowed = ({ order, placement }) => order?.actions ?? placement?.actions ?? [];

/** @type {{ name: string, label: string, description: string }[]} */
const ACTIONS = [
  {
    name: 'cancel',
    label: 'Cancel order',
    description:
      'Sends a cancel request to Upvest, which decides. While the placement has no outcome, the request is kept until it has one.',
  },
  {
    name: 'reconcile',
    label: 'Check with Upvest now',
    description:
      'Reads the order’s current state from Upvest. Restarts a workflow that was ended externally.',
  },
  {
    name: 'acknowledge',
    label: 'Acknowledge',
    description: 'Marks the selected issues as resolved, of a finished order, too.',
  },
  {
    name: 'retry-emission',
    label: RESEND,
    description:
      'Resends the rejected events unchanged, builds those anew that could not be built, and resumes a paused queue.',
  },
  {
    name: 'skip-emission',
    label: LEAVE_OUT,
    description:
      'Leaves out the selected events that ESW rejected or that could not be built: ESW never gets them.',
  },
  {
    name: 'release',
    label: 'Release to ESW',
    description: 'Sends the events that are held back from ESW.',
  },
  {
    name: 'identify',
    label: RESOLVE,
    description: 'Records which order the unanswered POST created at Upvest, or that it created none.',
  },
  {
    name: 'close',
    label: 'Close manually',
    description:
      'Stops tracking this order, whatever its status at Upvest, and settles its issues. Only “Reopen” resumes it.',
  },
  {
    name: 'reopen',
    label: 'Reopen',
    description:
      'Resumes tracking, for example after a late mistrade. The order then stays open until you close it.',
  },
];

/**
 * Buttons for the available actions, and the form of the selected one. `update` refreshes the buttons for a new order status
 * and leaves an open form unchanged.
 *
 * @param {string} id reference or id
 * @param {string[]} may
 * @param {() => void} onDecided called after each decision
 */
export function actionsOf(id, may, onDecided) {
  const container = el('div', { id: 'action' });
  /** @type {OrderStatus} */
  let status = { phase: '' };
  const close = (/** @type {HTMLElement} */ button) => {
    container.replaceChildren();
    for (const one of buttons) one.setAttribute('aria-expanded', 'false');
    refresh();
    (button.hidden ? heading : button).focus();
  };
  const open = (/** @type {typeof ACTIONS[number]} */ action, /** @type {HTMLElement} */ button) => {
    for (const one of buttons) one.setAttribute('aria-expanded', String(one === button));
    refresh();
    const title = el('h3', { tabindex: -1 }, action.label);
    const element = decisionForm(action.name, id, status, onDecided, () => {
      close(button);
    });
    container.replaceChildren(el('div', { class: 'card' }, title, el('p', {}, action.description), element));
    title.focus();
  };
  const permitted = ACTIONS.filter(({ name }) => may.includes(name));
  const buttons = permitted.map((action) => {
    const button = el(
      'button',
      { type: 'button', 'aria-expanded': 'false', 'aria-controls': 'action', hidden: true },
      action.label,
    );
    button.addEventListener('click', () => {
      open(action, button);
    });
    return button;
  });
  const none = el(
    'p',
    { class: 'muted' },
    // With the role submit alone it is the cancel of what the token placed.
    may.length > 1 && permitted.length <= 1
      ? 'Further actions require a token with the operate role.'
      : 'No actions available right now.',
  );
  const heading = el('h2', { id: 'actions', tabindex: -1 }, 'Actions');
  const refresh = () => {
    for (const [index, button] of buttons.entries()) {
      const isExpanded = button.getAttribute('aria-expanded') === 'true';
      button.hidden = !allowed(status).includes(permitted[index]?.name ?? '') && !isExpanded;
    }
    none.hidden = buttons.some((button) => !button.hidden);
  };
  const element = el(
    'section',
    { 'aria-labelledby': 'actions' },
    heading,
    none,
    el('div', { class: 'buttons' }, buttons),
    container,
  );
  return {
    element,
    update(/** @type {OrderStatus} */ newStatus) {
      status = newStatus;
      refresh();
    },
  };
}

/** @param {string} name @param {string} id @param {OrderStatus} status @param {() => void} done @param {() => void} cancel */
function decisionForm(name, id, status, done, cancel) {
  const { fields = [], extra = [], body = () => ({}) } = SPECIFICS[name]?.(status) ?? {};
  return form({
    submit: ACTIONS.find((action) => action.name === name)?.label ?? name,
    fields: [...fields, ...DECISION_FIELDS],
    extra,
    cancel,
    async perform({ reason, actor, ...rest }, key, element) {
      const json = { reason, ...(actor !== undefined && { actor }), ...body(rest, element) };
      const { decided, rule } = await read(path(['portfolio-orders', id, name]), {
        method: 'POST',
        json,
        key,
      });
      announce(decided);
      done();
      return [el('strong', {}, decided), ' ', el('code', {}, rule)];
    },
  });
}

/** Inputs of single actions in addition to {@link DECISION_FIELDS}. @type {Record<string, (status: OrderStatus) => { fields?: any[], extra?: Element[], body?: (values: any, element: HTMLFormElement) => object }>} */
const SPECIFICS = {
  close: ({ order }) => ({
    extra: [el('p', {}, `Events that ESW has not accepted: ${pendingEvents(order)}.`)],
    fields: [
      {
        name: 'evidence',
        label: 'Evidence',
        type: 'area',
        maxlength: 1000,
        hint: 'Why the order can be closed, for example an Upvest ticket.',
        invalid: 'Enter the evidence (up to 1,000 characters).',
      },
    ],
    body: ({ evidence }) => ({ evidence }),
  }),
  acknowledge: ({ order }) => selection('codes', 'Issues', 'issue', [...new Set(order.attention)]),
  'retry-emission': ({ order }) => ({
    extra: order.fulfillment.refused
      .filter((/** @type {any} */ one) => one.arrivesAfter !== undefined)
      .map((/** @type {any} */ one) =>
        el(
          'p',
          {},
          `${one.name} arrives after ${one.arrivesAfter}, which ESW has. “${LEAVE_OUT}” spares ESW the event.`,
        ),
      ),
  }),
  'skip-emission': ({ order }) =>
    selection(
      'events',
      'Events',
      'event',
      order.fulfillment.refused.map((/** @type {any} */ one) => one.name),
    ),
  identify: ({ placement }) => ({
    fields: [
      {
        name: 'portfolioOrderId',
        label: 'Upvest order id',
        optional: true,
        hint: `${candidatesHint(placement?.candidates)}Leave empty if you tick the box below.`,
      },
      { name: 'none', label: 'The POST created no order', type: 'check' },
    ],
    // An omitted id must not end a placement by mistake: `null` is sent only for the ticked box.
    body({ portfolioOrderId, none }) {
      if (none !== (portfolioOrderId === undefined)) {
        throw new Problem({
          title: 'Choose one',
          detail: 'Either enter the order’s id, or tick that the POST created no order.',
          errors: [{ field: 'portfolioOrderId', message: 'Enter an id or tick the box below.' }],
        });
      }
      return { portfolioOrderId: none ? null : portfolioOrderId };
    },
  }),
};

/** @param {string[] | undefined} candidates */
function candidatesHint(candidates) {
  return candidates === undefined || candidates.length === 0 ? '' : `Candidates: ${candidates.join(', ')}. `;
}

/** @param {{ fulfillment: { pending: string[], refused: unknown[], children?: { pending: number } } }} order */
function pendingEvents({ fulfillment: { pending, refused, children } }) {
  return pending.length + refused.length + (children?.pending ?? 0);
}
