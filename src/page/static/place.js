/** A form that places an order, for tokens that may. */
import { path, read } from './api.js';
import { el } from './dom.js';
import { form } from './form.js';
import { orderLink } from './orders.js';

/** @param {import('./app.js').PageContext} context */
export function placePage({ main, may }) {
  main.append(el('h1', {}, 'Place an order'));
  if (!may.includes('place')) {
    main.append(el('p', {}, 'This token may not place orders: that takes one with the role submit.'));
    return;
  }
  const uuid = 'A UUID, as Upvest has it';
  const element = form({
    submit: 'Place it',
    isOnce: false,
    fields: [
      {
        name: 'reference',
        label: 'Reference',
        hint: 'Yours; the same again is the same order. Letters, digits, . _ -',
        maxlength: 100,
      },
      { name: 'userId', label: 'User id', hint: uuid },
      { name: 'accountId', label: 'Account id', hint: uuid },
      { name: 'side', label: 'Side', type: 'select', options: ['BUY', 'SELL'] },
      { name: 'cashAmount', label: 'Amount', hint: 'Such as 250.00' },
      { name: 'currency', label: 'Currency', type: 'select', options: ['EUR', 'GBP'] },
      { name: 'postTax', label: 'The amount is what remains after taxes', type: 'check' },
    ],
    async perform(values) {
      const { reference } = await read(path(['portfolio-orders']), { method: 'POST', json: values });
      location.hash = orderLink(reference);
      return '';
    },
  });
  main.append(element);
}
