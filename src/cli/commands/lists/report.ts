/** `portfolio-orders report …` and `portfolio-orders decisions`: what was settled, and who decided what. */
import type { Command } from 'commander';
import { present } from '../../../lib/json';
import type { SettledDay } from '../../../app/ports/reports';
import { neededToken, withHelp, type CommandContext } from '../../command-context';
import type { DecisionsFilter, DecisionsPage, SettledQuery } from '../../client/orders-client';
import { printAs, withFormatOptions, type FormatOptions } from '../../output/formats';
import { tableOf } from '../../output/table';
import { quoted, timeOf } from '../../output/text';
import { pageSize } from './list';

export function addReportCommands(program: Command, context: CommandContext): void {
  const report = program.command('report').description('Sums over orders, from the records database.');
  const settled = report
    .command('settled')
    .description('What was settled, by day and currency.')
    .requiredOption('--from <day>', 'first day')
    .option('--to <day>', 'last day; default: the first one');
  withFormatOptions(settled).action(async (options: FormatOptions & { from: string; to?: string }) => {
    const query: SettledQuery = { from: options.from, to: options.to ?? options.from };
    const load = () => context.withClient((client) => client.settled(query));
    await printAs(context, options, { of: 'settled', query }, { load, lines: settledLines });
  });
  withHelp(settled, {
    needs: `${neededToken('read')} and DATABASE_URL`,
    examples: [
      ['report settled --from 2026-03-02', 'One day'],
      ['report settled --from 2026-03-01 --to 2026-03-31 --format csv', 'A month, for a spreadsheet'],
    ],
    notes: [
      'Orders that Upvest reported as SETTLED on these days, which begin at midnight in Berlin. Executions in\n' +
        "another currency than their order's count under theirs.",
    ],
  });
}

export function addDecisionsCommand(program: Command, context: CommandContext): void {
  const command = program
    .command('decisions')
    .description('List decisions of operators, latest first.')
    .option('--actor <actor>', 'of this actor: the name of the token, or "name (token)"')
    .option('--order <order>', 'about this order: reference or id')
    .option('--from <time>', 'from this day or time on')
    .option('--to <time>', 'to the end of this day, or before this time')
    .option('--limit <number>', 'decisions per page', pageSize)
    .option('--cursor <cursor>', 'continue after a page');
  withFormatOptions(command, 'as JSON, with nextCursor while more decisions follow').action(
    async ({ json, format, ...filter }: FormatOptions & DecisionsFilter) => {
      const asked = present(filter);
      const load = () => context.withClient((client) => client.decisions(asked));
      const { limit: _limit, cursor: _cursor, ...query } = filter;
      const csv = { of: 'decisions' as const, query: present(query) };
      await printAs(context, present({ json, format }), csv, { load, lines: decisionLines });
    },
  );
  withHelp(command, {
    needs: `${neededToken('read')} and DATABASE_URL`,
    examples: [
      ['decisions --order savings-2041', 'All about one order'],
      ["decisions --actor 'anna (desk)' --from 2026-03-01 --format csv", 'All of one person since March'],
    ],
    notes: ['Decisions are kept with the records of their orders, beyond the retention of Temporal.'],
  });
}

function settledLines({ days }: { days: SettledDay[] }): string[] {
  if (days.length === 0) return ['Nothing was settled on these days.'];
  const head = ['day', 'currency', 'orders', 'ordered', 'executed', 'settled', 'fees', 'taxes'];
  const rows = days.map(({ day, currency, orders, ordered, executed, settled, fees, taxes }) => [
    ...[day, currency, String(orders), ordered, executed, settled, fees, taxes],
  ]);
  return [tableOf(head, rows)];
}

function decisionLines({ decisions, nextCursor }: DecisionsPage): string[] {
  if (decisions.length === 0) return ['No decisions match these filters.'];
  const head = ['number', 'decided', 'decision', 'actor', 'order', 'reason'];
  const rows = decisions.map(
    ({ number, decidedAt, rule, actor = '', reference, portfolioOrderId, subject, reason = '' }) => [
      String(number),
      timeOf(decidedAt).slice(0, 19),
      rule,
      actor,
      reference ?? portfolioOrderId ?? subject,
      reason,
    ],
  );
  const more =
    nextCursor === undefined
      ? []
      : [`More decisions follow: --cursor ${quoted(nextCursor)}, or --format csv.`];
  return [tableOf(head, rows), ...more];
}
