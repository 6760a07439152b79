/** `portfolio-orders import`: adopts the orders that are open at Upvest when the coordinator is installed. */
import { Option, type Command } from 'commander';
import type { ImportedOrder } from '../../../app/ports/sweeps';
import { importCsv } from '../../../app/sweep/csv';
import type { ImportedEmission } from '../../../domain/order-state/state';
import type { SweepResult } from '../../../../contracts/sweep';
import { EXIT } from '../../client/problem';
import { withHelp, type CommandContext } from '../../command-context';
import { terminalJson } from '../../output/json';
import { sanitized } from '../../output/text';
import { FORMATS, instantIn, type ReportFormat } from './window';
import { withSweep } from './running';

interface ImportOptions {
  since: string;
  until?: string;
  emit: ImportedEmission;
  apply?: boolean;
  dryRun?: boolean;
  format: ReportFormat;
  json?: boolean;
}

export function addImportCommand(program: Command, context: CommandContext): void {
  const command = program
    .command('import')
    .description(
      'Adopt orders that are open at Upvest, at the first installation. Without --apply: a dry run.',
    )
    .requiredOption('--since <time or span>', 'orders that Upvest created since, such as 30d', instantIn)
    .option('--until <time or span>', 'and before (default: now)', instantIn)
    .addOption(
      new Option(
        '--emit <what>',
        'what ESW gets of them: nothing, or the statuses that they reach from now on',
      )
        .choices(['none', 'from-now'])
        .makeOptionMandatory(),
    )
    .addOption(new Option('--dry-run', 'only list what it would do (default)').conflicts('apply'))
    .option('--apply', 'adopt them')
    .addOption(new Option('--format <format>', 'of the list').choices(FORMATS).default('text'))
    .option('--json', 'as JSON')
    .action((options: ImportOptions) =>
      runImport(context, options.json === true ? { ...options, format: 'json' } : options),
    );
  withHelp(command, {
    needs: 'TEMPORAL_*, DATABASE_URL and the task queues of the worker, which must be running',
    examples: [
      ['import --since 30d --emit from-now', 'See which orders it would adopt'],
      ['import --since 30d --emit from-now --apply', 'Adopt them; ESW gets what they reach later'],
      ['import --since 30d --emit none --apply --format csv > imported.csv', 'Adopt them without any event'],
    ],
    notes: [
      'Import before Upvest sends webhooks to this deployment: an order that a webhook reports first is adopted with all of its events. Orders that have finished at Upvest are listed and not adopted.',
      'May run again: orders that are known are left as they are.',
    ],
  });
}

async function runImport(
  { out, note, configuration, endWith }: CommandContext,
  { since, until, emit, apply = false, format }: ImportOptions,
): Promise<void> {
  const input = { since, ...(until !== undefined && { until }), import: { emit, dryRun: !apply } };
  await withSweep(configuration(), input, async ({ result, report }) => {
    const orders = report.imported(result.sweepId);
    if (format === 'csv') {
      for await (const piece of importCsv(orders)) out(piece.trimEnd());
      note(summaryOf(result, apply));
    } else {
      const all: ImportedOrder[] = [];
      for await (const batch of orders) all.push(...batch);
      if (format === 'json') out(terminalJson({ ...result, dryRun: !apply, list: all }, 2));
      else {
        all.map(lineOf).forEach(out);
        out(summaryOf(result, apply));
      }
    }
    if ((result.imported?.failed ?? 0) > 0) endWith(EXIT.failed);
  });
}

function summaryOf({ imported }: SweepResult, isApplied: boolean): string {
  const { adopted = 0, known = 0, finished = 0, failed = 0 } = imported ?? {};
  const what = isApplied ? 'Adopted' : 'Dry run: would adopt';
  const others = `${known} known already, ${finished} finished at Upvest, ${failed} failed`;
  return `${what} ${adopted} orders; ${others}.${isApplied ? '' : ' Add --apply to adopt them.'}`;
}

function lineOf({ portfolioOrderId, outcome, status, cashAmount, currency, detail }: ImportedOrder): string {
  const facts = [outcome, status, cashAmount, currency, detail].filter((one) => one !== undefined);
  return sanitized(`${portfolioOrderId}  ${facts.join('  ')}`);
}
