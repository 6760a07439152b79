/** `npm run docs`: writes the documents anew that are generated from the tables. */
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { renderRules } from './rules';

// From `dist/src/docs`.
writeFileSync(resolve(__dirname, '../../../docs/rules.md'), renderRules());
