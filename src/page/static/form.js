/** Forms that send one request and show its result below the buttons. */
import { newKey, Problem } from './api.js';
import { el } from './dom.js';

/**
 * @typedef {{ name: string, label: string, hint?: string, type?: 'text' | 'area' | 'select' | 'check' | 'password',
 *   options?: (string | [value: string, text: string])[],
 *   value?: string, optional?: boolean, maxlength?: number, pattern?: string, invalid?: string }} Field
 * `invalid` replaces the server's message for a rejected value.
 */

/** Fields of every operator decision. @type {Field[]} */
export const DECISION_FIELDS = [
  {
    name: 'reason',
    label: 'Reason',
    type: 'area',
    maxlength: 1000,
    hint: 'Shown in the timeline.',
    invalid: 'Enter a reason (up to 1,000 characters).',
  },
  {
    name: 'actor',
    label: 'On behalf of',
    optional: true,
    maxlength: 100,
    hint: 'Your token’s name is recorded too.',
  },
];

let count = 0;

/**
 * A form with one idempotency key, so that repeated clicks are one decision.
 *
 * @param {{ submit: string, fields: Field[], extra?: Element[], perform: (values: Record<string, any>, key: string, form: HTMLFormElement) => Promise<unknown>,
 *   cancel?: () => void, isOnce?: boolean }} options `perform` returns the content of the result
 */
export function form({ submit, fields, extra = [], perform, cancel, isOnce = true }) {
  const id = `form-${(count += 1)}`;
  const key = newKey();
  const result = el('div', { class: 'result', role: 'status' });
  const failure = el('div', { class: 'result', role: 'alert' });
  const button = el('button', { type: 'submit', class: 'primary' }, submit);
  const back = cancel && el('button', { type: 'button', onclick: cancel }, 'Back');
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
        result.replaceChildren('Sending …');
        failure.replaceChildren();
        markInvalid(element, []);
        try {
          const content = await perform(valuesOf(element, fields), key, element);
          result.replaceChildren(.../** @type {any[]} */ ([content].flat()));
          button.hidden = isOnce;
        } catch (error) {
          if (error instanceof Problem) error.errors = error.errors.map((one) => reworded(one, fields));
          result.replaceChildren();
          failure.replaceChildren(problemBox(error));
          markInvalid(element, error instanceof Problem ? error.errors : []);
        } finally {
          isBusy = false;
        }
      },
    },
    extra,
    fields.map((field) => fieldElement(field, id)),
    el('div', { class: 'buttons' }, button, back),
    result,
    failure,
  );
  return element;
}

/** @param {Field} field @param {string} form */
function fieldElement(
  { name, label, hint, type = 'text', options = [], value, optional, maxlength, pattern },
  form,
) {
  const id = `${form}-${name}`;
  const hintId = hint === undefined ? undefined : `${id}-hint`;
  const common = {
    id,
    name,
    'aria-describedby': hintId,
    required: !optional && type !== 'check',
    maxlength,
    pattern,
  };
  const hintElement = hint !== undefined && el('span', { class: 'hint', id: hintId }, hint);
  if (type === 'check') {
    return el(
      'div',
      { class: 'field check' },
      el('input', { ...common, type: 'checkbox' }),
      el('label', { for: id }, label),
      hintElement,
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
              const [optionValue, text] = typeof option === 'string' ? [option, option || 'any'] : option;
              return el('option', { value: optionValue, selected: optionValue === value }, text);
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
    el('label', { for: id }, label, optional && el('span', { class: 'muted' }, ' (optional)')),
    control,
    hintElement,
  );
}

/** @param {HTMLFormElement} element @param {Field[]} fields */
function valuesOf(element, fields) {
  const data = new FormData(element);
  const values = fields.map(({ name, type }) => [name, type === 'check' ? data.has(name) : data.get(name)]);
  const isOptional = (/** @type {unknown} */ name) =>
    fields.some((field) => field.name === name && field.optional);
  return Object.fromEntries(values.filter(([name, value]) => value !== '' || !isOptional(name)));
}

/** @param {{ field: string, message: string }} error @param {Field[]} fields */
function reworded({ field, message }, fields) {
  return { field, message: fields.find(({ name }) => name === field)?.invalid ?? message };
}

/**
 * Marks invalid fields with their messages and focuses the first one.
 *
 * @param {HTMLFormElement} element
 * @param {{ field: string, message: string }[]} errors
 */
function markInvalid(element, errors) {
  for (const old of element.querySelectorAll('.invalid')) old.remove();
  /** @type {any[]} */
  const controls = [...element.elements].filter((control) => 'name' in control && control.name !== '');
  const invalid = controls.filter((control) => {
    const error = errors.find(({ field }) => field === control.name);
    const hint = control.parentElement.querySelector('.hint')?.id ?? '';
    const id = `${control.id}-error`;
    if (error !== undefined) control.after(el('span', { class: 'invalid', id }, error.message));
    control.setAttribute('aria-invalid', String(error !== undefined));
    if (error !== undefined) control.setAttribute('aria-describedby', `${hint} ${id}`.trim());
    return error !== undefined;
  });
  invalid[0]?.focus();
}

/** An error with the server's details. @param {unknown} error */
export function problemBox(error) {
  if (!(error instanceof Problem))
    return el('div', { class: 'problem' }, el('strong', {}, 'Unexpected error'), el('p', {}, String(error)));
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

/**
 * Boxes to select some of the values, all of them at first. Without the field, the server takes all.
 *
 * @param {string} field @param {string} title @param {string} one @param {string[]} values
 */
export function selection(field, title, one, values) {
  return {
    extra: [
      el(
        'fieldset',
        {},
        el('legend', {}, title),
        values.map((value, index) =>
          el(
            'div',
            { class: 'field check' },
            el('input', { type: 'checkbox', name: field, value, id: `${field}-${index}`, checked: true }),
            el('label', { for: `${field}-${index}` }, value),
          ),
        ),
      ),
    ],
    body(/** @type {any} */ _values, /** @type {HTMLFormElement} */ element) {
      const chosen = new FormData(element).getAll(field);
      if (chosen.length === 0)
        throw new Problem({ title: `No ${one} selected`, detail: `Select at least one ${one}.` });
      return chosen.length === element.querySelectorAll(`[name=${field}]`).length ? {} : { [field]: chosen };
    },
  };
}
