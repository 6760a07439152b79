/** The form that places an order. */
import { path, read } from './api.js';
import { el } from './dom.js';
import { form } from './form.js';
import { orderLink } from './orders.js';

/** @param {import('./app.js').PageContext} context */
export function placePage({ main, may }) {
  main.append(el('h1', {}, 'Place an order'));
  if (!may.includes('place')) {
    main.append(
      el('p', {}, 'This token cannot place orders. Sign in with a token that has the submit role.'),
    );
    return;
  }
  const uuid = {
    hint: 'Upvest’s id, a UUID',
    invalid: 'Enter a UUID, such as 0d3f6a52-7a1b-4c0e-9b53-2f6f0f7a1c11.',
  };
  const element = form({
    submit: 'Place order',
    isOnce: false,
    fields: [
      {
        name: 'reference',
        label: 'Reference',
        hint: 'Your own order id. Sending it again never places a second order.',
        maxlength: 100,
        invalid: 'Enter 1 to 100 letters, digits or . _ -',
      },
      { name: 'userId', label: 'User id', ...uuid },
      { name: 'accountId', label: 'Account id', ...uuid },
      { name: 'side', label: 'Side', type: 'select', options: ['BUY', 'SELL'] },
      {
        name: 'cashAmount',
        label: 'Amount',
        hint: 'For example 250.00',
        invalid: 'Enter a positive amount, such as 1000.00.',
      },
      { name: 'currency', label: 'Currency', type: 'select', options: ['EUR', 'GBP'] },
      { name: 'postTax', label: 'Amount after taxes', type: 'check' },
    ],
    async perform(values) {
      const { reference } = await read(path(['portfolio-orders']), { method: 'POST', json: values });
      location.hash = orderLink(reference);
      return '';
    },
  });
  main.append(element);
}
