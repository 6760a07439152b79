/** `npm run docs`: writes the documents anew that are generated from the tables and schemas. */
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { renderErrors } from './errors';
import { renderFulfilmentExample } from './fulfilment-example';
import { renderOrderEventSchema } from './order-event-schema';
import { renderRules } from './rules';

const documents = {
  'rules.md': renderRules(),
  'errors.md': renderErrors(),
  'fulfilment-example.md': renderFulfilmentExample(),
  'order-event.schema.json': renderOrderEventSchema(),
};

// From `dist/src/docs`.
const directory = resolve(__dirname, '../../../docs');
for (const [name, text] of Object.entries(documents)) writeFileSync(resolve(directory, name), text);
