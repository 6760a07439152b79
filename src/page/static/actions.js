/** What operators can decide about an order, each asked for in a form of its own. */
import { path, Problem, read } from './api.js';
import { announce, el } from './dom.js';
import { form } from './form.js';

/** @typedef {{ phase: string, interrupted?: boolean, placement?: any, order?: any }} OrderStatus */

/** @type {import('./form.js').Field[]} */
const WORDS = [
  { name: 'reason', label: 'Why', type: 'area', maxlength: 1000, hint: 'It stands in the order’s timeline.' },
  {
    name: 'actor',
    label: 'Who decides',
    optional: true,
    maxlength: 100,
    hint: 'The token’s name stays with it.',
  },
];

const isOpen = (/** @type {OrderStatus} */ { phase }) =>
  !['FINISHED', 'REFUSED', 'NOT_PLACED'].includes(phase);

/**
 * `when` says whether it makes sense to offer it; whether it may be done the server decides.
 *
 * @type {{ name: string, label: string, meaning: string, when: (status: OrderStatus) => boolean }[]}
 */
const ACTIONS = [
  {
    name: 'cancel',
    label: 'Cancel',
    meaning: 'Upvest is asked to cancel, and decides. Before placing is known, the wish is remembered.',
    when: (status) => isOpen(status) && !['SETTLED', 'CANCELLED'].includes(status.order?.status),
  },
  {
    name: 'reconcile',
    label: 'Reconcile',
    meaning: 'Upvest is asked at once. It starts the workflow again where somebody ended it.',
    when: ({ phase, interrupted }) => phase === 'TRACKED' || interrupted === true,
  },
  {
    name: 'acknowledge',
    label: 'Acknowledge',
    meaning: 'What needs somebody is dealt with. Tick what; nothing ticked is all of it.',
    when: (status) => isOpen(status) && status.order?.attentions.length > 0,
  },
  {
    name: 'retry-emission',
    label: 'Send again to ESW',
    meaning: 'What ESW refused is sent again, with the same ids and bytes. It ends a pause, too.',
    when: ({ order }) => order?.fulfillment.refused.length > 0 || order?.fulfillment.paused !== undefined,
  },
  {
    name: 'release',
    label: 'Release',
    meaning: 'What is held back from ESW is let go.',
    when: ({ order }) => order?.held !== undefined,
  },
  {
    name: 'identify',
    label: 'Identify',
    meaning: 'Says which order at Upvest the POST without an answer has made, or that it has made none.',
    when: ({ phase }) => phase === 'UNKNOWN',
  },
  {
    name: 'close',
    label: 'Close the order',
    meaning: 'The order ends here, whatever the broker says. The evidence is kept.',
    when: (status) => isOpen(status) && status.order !== undefined,
  },
  {
    name: 'reopen',
    label: 'Reopen',
    meaning:
      'The finished order is taken up again, such as for a late mistrade; it stays open until it is closed.',
    when: ({ phase }) => phase === 'FINISHED',
  },
];

/**
 * The buttons of all that may be done, and the form of the one that is chosen. `update` shows them for a new state of the
 * order; a form that is open stays as it is.
 *
 * @param {string} id reference or id
 * @param {string[]} may
 * @param {() => void} decided is told of each decision
 */
export function actionsOf(id, may, decided) {
  const place = el('div', { id: 'action' });
  /** @type {OrderStatus} */
  let status = { phase: '' };
  const close = (/** @type {HTMLElement} */ button) => {
    place.replaceChildren();
    for (const one of buttons) one.setAttribute('aria-expanded', 'false');
    offer();
    (button.hidden ? heading : button).focus();
  };
  const open = (/** @type {typeof ACTIONS[number]} */ action, /** @type {HTMLElement} */ button) => {
    for (const one of buttons) one.setAttribute('aria-expanded', String(one === button));
    offer();
    const title = el('h3', { tabindex: -1 }, action.label);
    const asked = decisionForm(action.name, id, status, decided, () => {
      close(button);
    });
    place.replaceChildren(el('div', { class: 'card' }, title, el('p', {}, action.meaning), asked));
    title.focus();
  };
  const offered = ACTIONS.filter(({ name }) => may.includes(name));
  const buttons = offered.map((action) => {
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
  const nothing = el(
    'p',
    { class: 'quiet' },
    may.length > 1 && offered.length === 0
      ? 'Deciding takes a token with the role operate.'
      : 'Nothing to decide just now.',
  );
  const heading = el('h2', { id: 'actions', tabindex: -1 }, 'Actions');
  const offer = () => {
    for (const [index, button] of buttons.entries()) {
      const isOpened = button.getAttribute('aria-expanded') === 'true';
      button.hidden = offered[index]?.when(status) !== true && !isOpened;
    }
    nothing.hidden = buttons.some((button) => !button.hidden);
  };
  const element = el(
    'section',
    { 'aria-labelledby': 'actions' },
    heading,
    nothing,
    el('div', { class: 'buttons' }, buttons),
    place,
  );
  return {
    element,
    update(/** @type {OrderStatus} */ now) {
      status = now;
      offer();
    },
  };
}

/** @param {string} name @param {string} id @param {OrderStatus} status @param {() => void} done @param {() => void} cancel */
function decisionForm(name, id, status, done, cancel) {
  const { fields = [], extra = [], body = () => ({}) } = PARTICULARS[name]?.(status) ?? {};
  return form({
    submit: ACTIONS.find((action) => action.name === name)?.label ?? name,
    fields: [...fields, ...WORDS],
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

/** What single decisions ask for beside reason and name. @type {Record<string, (status: OrderStatus) => { fields?: any[], extra?: Element[], body?: (values: any, element: HTMLFormElement) => object }>} */
const PARTICULARS = {
  close: () => ({
    fields: [
      {
        name: 'evidence',
        label: 'Evidence',
        type: 'area',
        maxlength: 1000,
        hint: 'What proves that it may end here, such as a ticket of the broker’s.',
      },
    ],
    body: ({ evidence }) => ({ evidence }),
  }),
  acknowledge: ({ order }) => ({
    extra: [
      el(
        'fieldset',
        {},
        el('legend', {}, 'What is dealt with'),
        [...new Set(order.attention)].map((code) =>
          el(
            'div',
            { class: 'field check' },
            el('input', { type: 'checkbox', name: 'codes', value: code, id: `code-${code}` }),
            el('label', { for: `code-${code}` }, code),
          ),
        ),
      ),
    ],
    body(_values, element) {
      const codes = new FormData(element).getAll('codes');
      return codes.length === 0 ? {} : { codes };
    },
  }),
  identify: ({ placement }) => ({
    fields: [
      {
        name: 'portfolioOrderId',
        label: 'Order at Upvest',
        optional: true,
        hint: `Its id${hintOf(placement?.candidates)}; or tick below that there is none.`,
      },
      { name: 'none', label: 'The POST has made no order', type: 'check' },
    ],
    // `null` has to be said: what is left out, or said beside an id, by mistake must not end a placement.
    body({ portfolioOrderId, none }) {
      if (none !== (portfolioOrderId === undefined)) {
        throw new Problem({
          title: 'Say one of the two',
          detail: 'Either which order it is, or that there is none.',
          errors: [{ field: 'portfolioOrderId', message: 'an id, or the tick below it' }],
        });
      }
      return { portfolioOrderId: none ? null : portfolioOrderId };
    },
  }),
};

/** @param {string[] | undefined} candidates */
function hintOf(candidates) {
  return candidates === undefined || candidates.length === 0 ? '' : `: perhaps ${candidates.join(', or ')}`;
}
