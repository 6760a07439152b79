/** Output of lists and reports: a table for people, JSON, or CSV. */
import { Option, type Command } from 'commander';
import { print, type CommandContext } from '../command-context';
import type { CsvSource } from '../client/orders-client';

export interface FormatOptions {
  json?: boolean;
  format?: 'table' | 'json' | 'csv';
}

/** @param asJson what JSON has in addition to the rows */
export function withFormatOptions(command: Command, asJson = 'as JSON'): Command {
  return command
    .addOption(
      new Option('--format <format>', 'a table for people, JSON, or CSV with all pages')
        .choices(['table', 'json', 'csv'])
        .conflicts('json'),
    )
    .option('--json', `${asJson}; the same as --format json`);
}

/** Prints CSV if that is asked for, else what `load` resolves with. */
export async function printAs<T>(
  context: CommandContext,
  { json, format }: FormatOptions,
  csv: CsvSource,
  { load, lines }: { load: () => Promise<T>; lines: (value: T) => string[] },
): Promise<void> {
  if (format === 'csv') await printCsv(context, csv);
  else {
    const value = await load();
    print(context, json === true || format === 'json', value, () => lines(value));
  }
}

/** As it arrives; each line ends as the system's lines do. */
function printCsv(context: CommandContext, source: CsvSource): Promise<void> {
  const { out } = context;
  return context.withClient(async (client) => {
    let rest = '';
    for await (const piece of client.csv(source)) {
      const text = `${rest}${piece}`;
      // Whole lines only: a piece may end anywhere.
      const end = text.lastIndexOf('\r\n');
      rest = text.slice(end + (end < 0 ? 1 : 2));
      if (end >= 0) out(harmless(text.slice(0, end)));
    }
    if (rest !== '') out(harmless(rest));
  });
}

/** Characters that a terminal may obey; a table in a spreadsheet has no use for them. */
const OBEYED = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\p{Cf}\p{Cs}]/gu;

function harmless(lines: string): string {
  return lines.replaceAll('\r\n', '\n').replace(OBEYED, '�');
}
