/** `portfolio-orders reconcile --all`: compares all orders of a window with Upvest and ESW. */
import { Option, type Command } from 'commander';
import { allBreaks, breakCsv } from '../../../app/sweep/csv';
import type { Break } from '../../../app/ports/sweeps';
import type { SweepResult } from '../../../../contracts/sweep';
import { EXIT } from '../../client/problem';
import type { CommandContext } from '../../command-context';
import { terminalJson } from '../../output/json';
import { sanitized, timeOf } from '../../output/text';
import { FORMATS, instantIn, type ReportFormat } from './window';
import { withSweep } from './running';

export interface ReconcileAllOptions {
  all?: boolean;
  since?: string;
  until?: string;
  format?: ReportFormat;
}

export function withSweepOptions(command: Command): Command {
  return command
    .option('--all', 'compare all orders with Upvest, and with what ESW accepted')
    .option('--since <time or span>', 'with --all: orders that Upvest created since, such as 24h', instantIn)
    .option('--until <time or span>', 'with --all: and before (default: now)', instantIn)
    .addOption(new Option('--format <format>', 'with --all: of the report').choices(FORMATS));
}

export async function reconcileAll(
  { out, note, configuration, endWith }: CommandContext,
  { since, until, format = 'text' }: ReconcileAllOptions,
): Promise<void> {
  const window = { ...(since !== undefined && { since }), ...(until !== undefined && { until }) };
  await withSweep(configuration(), window, async ({ result, report }) => {
    const breaks = allBreaks(report, { sweepId: result.sweepId });
    if (format === 'csv') {
      for await (const piece of breakCsv(breaks)) out(piece.trimEnd());
      note(summaryOf(result));
    } else {
      const all: Break[] = [];
      for await (const batch of breaks) all.push(...batch);
      if (format === 'json') out(terminalJson({ ...result, found: all }, 2));
      else {
        all.flatMap(linesOf).forEach(out);
        out(summaryOf(result));
      }
    }
    if (result.breaks > 0) endWith(EXIT.failed);
  });
}

function summaryOf({ since, until, orders, breaks, repaired, changing }: SweepResult): string {
  const found =
    breaks === 0 ? 'no breaks' : `${breaks} break${breaks === 1 ? '' : 's'}, ${repaired} of them repaired`;
  const young = changing === 0 ? '' : `; ${changing} changed just now and are compared by the next sweep`;
  return `${orders} orders compared, created from ${timeOf(since)} to ${timeOf(until)} or open: ${found}${young}.`;
}

function linesOf({ cause, portfolioOrderId, reference, text, remedy, repaired }: Break): string[] {
  const names = [reference, portfolioOrderId].filter((name) => name !== undefined);
  const done = repaired === undefined ? remedy : `Repaired: ${repaired}.`;
  return [`${cause}  ${sanitized(names.join('  '))}`, `  ${sanitized(text)}.`, `  ${sanitized(done)}`, ''];
}
