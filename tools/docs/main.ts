/** `npm run docs`: writes the documents that are generated from the code. */
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { withActionRules } from './billable-actions';
import { withReference } from './cli-reference';
import { renderErrors } from './errors';
import { withFolders } from './folders';
import { renderFulfilmentExample, renderFulfilmentExampleJson } from './fulfilment-example';
import { renderOrderEventSchema } from './order-event-schema';
import { renderRules } from './rules';

// From `dist/tools/docs`.
const directory = resolve(__dirname, '../../../docs');
const documents = {
  'architecture.md': withFolders(
    readFileSync(resolve(directory, 'architecture.md'), 'utf8'),
    resolve(directory, '..'),
  ),
  'cli.md': withReference(readFileSync(resolve(directory, 'cli.md'), 'utf8')),
  'rules.md': renderRules(),
  'errors.md': renderErrors(),
  'fulfilment-example.md': renderFulfilmentExample(),
  'fulfilment-example.json': renderFulfilmentExampleJson(),
  'order-event.schema.json': renderOrderEventSchema(),
  'sizing.md': withActionRules(readFileSync(resolve(directory, 'sizing.md'), 'utf8')),
};

for (const [name, text] of Object.entries(documents)) writeFileSync(resolve(directory, name), text);
