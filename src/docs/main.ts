/** `npm run docs`: writes the documents anew that are generated from the tables and schemas. */
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { withReference } from '../cli/reference';
import { renderErrors } from './errors';
import { renderFulfilmentExample } from './fulfilment-example';
import { renderOrderEventSchema } from './order-event-schema';
import { renderRules } from './rules';

// From `dist/src/docs`.
const directory = resolve(__dirname, '../../../docs');
const documents = {
  'cli.md': withReference(readFileSync(resolve(directory, 'cli.md'), 'utf8')),
  'rules.md': renderRules(),
  'errors.md': renderErrors(),
  'fulfilment-example.md': renderFulfilmentExample(),
  'order-event.schema.json': renderOrderEventSchema(),
};

for (const [name, text] of Object.entries(documents)) writeFileSync(resolve(directory, name), text);
