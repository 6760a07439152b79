/** `portfolio-orders records export`. */
import { InvalidArgumentError, Option, type Command } from 'commander';
import type { Period } from '../../../records/archive/export';
import { withHelp, type CommandContext } from '../../command-context';
import { terminalText } from '../../output/json';
import { sanitizedLines } from '../../output/text';
import { withRecords } from './with-records';

interface ExportOptions extends Period {
  format: 'jsonl' | 'csv';
}

/** Adds the command. */
export function addExportCommand(
  program: Command,
  records: Command,
  { stream, terminal, configuration }: CommandContext,
): void {
  const command = records
    .command('export')
    .description('Print the final records of a period, oldest first.')
    .requiredOption('--from <time>', 'first day or moment of their end, in UTC', firstMoment)
    .requiredOption('--to <time>', 'last day, included; or a moment, before which they ended', endMoment)
    .addOption(new Option('--format <format>', 'output format').choices(['jsonl', 'csv']).default('jsonl'))
    .action(async ({ from, to, format }: ExportOptions) => {
      if (from >= to) program.error('error: --from must be before --to');
      const { CSV_HEADER, csvRecord, recordsOf } = await import('../../../records/archive/export.js');
      await withRecords(configuration(), async (db) => {
        if (format === 'csv') await stream(CSV_HEADER);
        for await (const record of recordsOf(db, { from, to })) {
          if (format === 'csv') {
            const line = csvRecord(record);
            await stream(terminal ? sanitizedLines(line) : line);
          } else await stream(`${terminal ? terminalText(record.content) : record.content}\n`);
        }
      });
    });
  withHelp(command, {
    needs: 'DATABASE_URL of a user that may read, in the environment or in .env',
    examples: [
      [
        'records export --from 2026-01-01 --to 2026-12-31 > records-2026.jsonl',
        'A year, each record as it was hashed',
      ],
      ['records export --from 2026-12-01 --to 2026-12-01 --format csv', 'A day, for a spreadsheet'],
    ],
    notes: [
      'jsonl: one record per line, whose SHA-256 is the one in the chain. csv: one line per record; amounts are in the currency of the order.',
    ],
  });
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const DAY_MS = 24 * 60 * 60 * 1000;
const MOMENT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})$/;

function firstMoment(text: string): string {
  return moment(text, 0);
}

function endMoment(text: string): string {
  return moment(text, DAY_MS);
}

/** @param dayMs added to a day */
function moment(text: string, dayMs: number): string {
  const time = DAY.test(text) ? dayStart(text) + dayMs : MOMENT.test(text) ? Date.parse(text) : NaN;
  if (Number.isNaN(time))
    throw new InvalidArgumentError(
      'enter a day such as 2026-12-01, or a moment such as 2026-12-01T09:30:00Z',
    );
  return new Date(time).toISOString();
}

/** NaN for a day that no month has, which `Date` would take for one of the next month. */
function dayStart(text: string): number {
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text) ? time : NaN;
}
