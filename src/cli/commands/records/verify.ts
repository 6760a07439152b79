/** `portfolio-orders records verify`. */
import { InvalidArgumentError, type Command } from 'commander';
import type { ChainReport } from '../../../records/chain/verify';
import { EXIT } from '../../client/problem';
import { print, withHelp, type CommandContext } from '../../command-context';
import { sanitized } from '../../output/text';
import { withRecords } from './with-records';

interface VerifyOptions {
  head?: string;
  json?: boolean;
}

/** Adds the command. */
export function addVerifyCommand(records: Command, { out, configuration, endWith }: CommandContext): void {
  const command = records
    .command('verify')
    .description('Check the whole chain of records and decisions, and name the first link that was changed.')
    .option('--head <hash>', 'hash of a link that was recorded before: the chain must still have it', hash)
    .option('--json', 'as JSON')
    .action(async ({ head, json }: VerifyOptions) => {
      const { verifyChain } = await import('../../../records/chain/verify.js');
      const report = await withRecords(configuration(), (db) =>
        verifyChain(db, { ...(head !== undefined && { recordedHead: head }) }),
      );
      const isValid = report.fault === undefined;
      print({ out }, json, { valid: isValid, ...report }, () => linesOf(report));
      if (!isValid) endWith(EXIT.failed);
    });
  withHelp(command, {
    needs: 'DATABASE_URL of a user that may read, in the environment or in .env',
    examples: [
      [
        'records verify',
        'Ends with 0 if the chain is whole, else with 1; prints the head, to be kept elsewhere',
      ],
      [
        `records verify --head ${'0'.repeat(60)}1a2b`,
        'Also fails if the chain was cut or written anew since that head was recorded',
      ],
    ],
    notes: ['Reads every record once, and takes the same memory for any number of them.'],
  });
}

function hash(text: string): string {
  if (!/^[0-9a-f]{64}$/i.test(text))
    throw new InvalidArgumentError('enter the 64 hexadecimal digits that verify has printed');
  return text.toLowerCase();
}

function linesOf({ records, decisions, deleted, head, fault }: ChainReport): string[] {
  const gone = deleted === 0 ? '' : `, ${deleted} of them deleted after the retention period`;
  const checked = `${records} records and ${decisions} decisions${gone}`;
  if (fault === undefined) return [`The chain is whole: ${checked}.`, `Head ${head.seq}: ${head.hash}`];
  return [
    `Wrong at link ${fault.seq}: ${sanitized(fault.link)}: ${sanitized(fault.why)}.`,
    `Whole before it: ${checked}, up to link ${head.seq}: ${head.hash}`,
  ];
}
