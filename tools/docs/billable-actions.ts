/** The table of billable actions in `docs/sizing.md`, from the rules that count them. A test fails when it is out of date. */
import { ACTION_RULES } from '../temporal-server/billable-actions';
import { code, table } from './markdown';

const START = '<!-- actions: made by `npm run docs` from tools/temporal-server/billable-actions.ts -->';
const END = '<!-- /actions -->';

/** The text with the current table between its marks. @throws Error if the marks are missing */
export function withActionRules(text: string): string {
  const [before, after] = [text.indexOf(START), text.indexOf(END)];
  if (before === -1 || after < before) throw new Error(`There are no ${START} and ${END}`);
  const rows = ACTION_RULES.map(({ operation, billed, here, events }) => [
    operation,
    billed,
    here,
    events.length === 0 ? 'not in it' : events.map((name) => code(name.replace('EVENT_TYPE_', ''))).join(' '),
  ]);
  const head = ['Operation', 'Actions', 'Where it occurs here', 'In the history'];
  return `${text.slice(0, before)}${START}\n\n${table(head, rows)}\n\n${text.slice(after)}`;
}
