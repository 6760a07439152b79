/** Forms that ask for a decision, and show what came of it beside them. */
import { newKey, Problem } from './api.js';
import { el } from './dom.js';

/**
 * @typedef {{ name: string, label: string, hint?: string, type?: 'text' | 'area' | 'select' | 'check' | 'password',
 *   options?: (string | [value: string, text: string])[],
 *   value?: string, optional?: boolean, maxlength?: number, pattern?: string }} Field
 */

let count = 0;

/**
 * A form. One key is made with it, so that a repeated click is the same decision and never a second one.
 *
 * @param {{ submit: string, fields: Field[], extra?: Element[], perform: (values: Record<string, any>, key: string, form: HTMLFormElement) => Promise<unknown>,
 *   cancel?: () => void, isOnce?: boolean }} options `perform` gives what is shown as the answer
 */
export function form({ submit, fields, extra = [], perform, cancel, isOnce = true }) {
  const id = `form-${(count += 1)}`;
  const key = newKey();
  const answer = el('div', { class: 'answer', role: 'status' });
  const alarm = el('div', { class: 'answer', role: 'alert' });
  const button = el('button', { type: 'submit', class: 'primary' }, submit);
  const leave = cancel && el('button', { type: 'button', onclick: cancel }, 'Not now');
  let isBusy = false;
  /** @type {HTMLFormElement} */
  const element = el(
    'form',
    {
      novalidate: true,
      onsubmit: async (/** @type {Event} */ event) => {
        event.preventDefault();
        if (isBusy || button.hidden) return;
        isBusy = true;
        answer.replaceChildren('Asking …');
        alarm.replaceChildren();
        mark(element, []);
        try {
          const told = await perform(valuesOf(element, fields), key, element);
          answer.replaceChildren(.../** @type {any[]} */ ([told].flat()));
          button.hidden = isOnce;
        } catch (error) {
          answer.replaceChildren();
          alarm.replaceChildren(problemBox(error));
          mark(element, error instanceof Problem ? error.errors : []);
        } finally {
          isBusy = false;
        }
      },
    },
    extra,
    fields.map((field) => fieldset(field, id)),
    el('div', { class: 'buttons' }, button, leave),
    answer,
    alarm,
  );
  return element;
}

/** @param {Field} field @param {string} form */
function fieldset({ name, label, hint, type = 'text', options = [], value, optional, ...limits }, form) {
  const id = `${form}-${name}`;
  const hintId = hint === undefined ? undefined : `${id}-hint`;
  const common = { id, name, 'aria-describedby': hintId, required: !optional && type !== 'check', ...limits };
  const hinted = hint !== undefined && el('span', { class: 'hint', id: hintId }, hint);
  if (type === 'check') {
    return el(
      'div',
      { class: 'field check' },
      el('input', { ...common, type: 'checkbox' }),
      el('label', { for: id }, label),
      hinted,
    );
  }
  const control =
    type === 'area'
      ? el('textarea', { ...common, rows: 2 })
      : type === 'select'
        ? el(
            'select',
            common,
            options.map((option) => {
              const [given, text] = typeof option === 'string' ? [option, option || 'any'] : option;
              return el('option', { value: given, selected: given === value }, text);
            }),
          )
        : el('input', {
            ...common,
            type,
            value,
            autocomplete: 'off',
            autocapitalize: 'off',
            spellcheck: 'false',
          });
  return el(
    'div',
    { class: 'field' },
    el('label', { for: id }, label, optional && el('span', { class: 'quiet' }, ' (optional)')),
    control,
    hinted,
  );
}

/** @param {HTMLFormElement} element @param {Field[]} fields */
function valuesOf(element, fields) {
  const given = new FormData(element);
  const values = fields.map(({ name, type }) => [name, type === 'check' ? given.has(name) : given.get(name)]);
  const isLeftOut = (/** @type {unknown} */ name) =>
    fields.some((field) => field.name === name && field.optional);
  return Object.fromEntries(values.filter(([name, value]) => value !== '' || !isLeftOut(name)));
}

/**
 * Marks the fields that are wrong, each with what is the matter, and goes to the first.
 *
 * @param {HTMLFormElement} element
 * @param {{ field: string, message: string }[]} errors
 */
function mark(element, errors) {
  for (const old of element.querySelectorAll('.wrong')) old.remove();
  /** @type {any[]} */
  const controls = [...element.elements].filter((control) => 'name' in control && control.name !== '');
  const wrong = controls.filter((control) => {
    const error = errors.find(({ field }) => field === control.name);
    const hint = control.parentElement.querySelector('.hint')?.id ?? '';
    const id = `${control.id}-wrong`;
    if (error !== undefined) control.after(el('span', { class: 'wrong', id }, error.message));
    control.setAttribute('aria-invalid', String(error !== undefined));
    if (error !== undefined) control.setAttribute('aria-describedby', `${hint} ${id}`.trim());
    return error !== undefined;
  });
  wrong[0]?.focus();
}

/** What went wrong, as the server says it. @param {unknown} error */
export function problemBox(error) {
  if (!(error instanceof Problem))
    return el(
      'div',
      { class: 'problem' },
      el('strong', {}, 'Something went wrong'),
      el('p', {}, String(error)),
    );
  const { message, detail, code, errors } = error;
  return el(
    'div',
    { class: 'problem' },
    el('strong', {}, message),
    code !== undefined && el('code', {}, code),
    detail !== undefined && el('p', {}, detail),
    errors.length > 0 &&
      el(
        'ul',
        {},
        errors.map((one) => el('li', {}, el('code', {}, one.field), ` ${one.message}`)),
      ),
  );
}
