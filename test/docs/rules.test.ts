/** `docs/rules.md` matches the tables, and has every id that a timeline can show. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { ACTIONS } from '../../src/domain/order-state/actions';
import { FINDING_CODES } from '../../src/domain/findings/findings';
import {
  executionLifecycle,
  orderLifecycle,
  portfolioOrderLifecycle,
} from '../../src/domain/broker/status-tables';
import { renderRules } from '../../tools/docs/rules';

const file = resolve(__dirname, '../../docs/rules.md');
const document = readFileSync(file, 'utf8');

test('it is what the tables say today: after a change, `npm run docs`', () => {
  expect(document).toBe(renderRules());
});

const ids = {
  'transition row': [portfolioOrderLifecycle, orderLifecycle, executionLifecycle].flatMap(({ rules }) =>
    rules.map(({ id }): string => id),
  ),
  finding: FINDING_CODES as string[],
  action: ACTIONS.map(({ id }): string => id),
};

test.each(Object.entries(ids))('every %s has exactly one row', (_kind, all) => {
  expect(all.length).toBeGreaterThan(0);
  const rowsWith = (id: string): number =>
    document.split('\n').filter((line) => line.startsWith(`| \`${id}\` `)).length;
  expect(all.filter((id) => rowsWith(id) !== 1)).toEqual([]);
});

test('no id stands for two rules', () => {
  const all = Object.values(ids).flat();
  expect(new Set(all).size).toBe(all.length);
});

test('the diagrams show exactly the rows that move a status', () => {
  const arrows = document.split('\n').filter((line) => /^ {2}\S+ --> [A-Z]+/.test(line));
  const moving = [portfolioOrderLifecycle, orderLifecycle, executionLifecycle].flatMap(({ rules }) =>
    rules.filter(({ verdict }) => ['expected', 'skips', 'contradicts'].includes(verdict)),
  );
  expect(arrows).toHaveLength(moving.length);
});
