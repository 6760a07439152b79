import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { withActionRules } from '../../tools/docs/billable-actions';

test('the table of billable actions is that of the rules: after a change, `npm run docs`', () => {
  const text = readFileSync(resolve(__dirname, '../../docs/sizing.md'), 'utf8');
  expect(text).toBe(withActionRules(text));
});
