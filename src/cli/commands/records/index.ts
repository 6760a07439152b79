/** `portfolio-orders records …`: looks after the records database. */
import type { Command } from 'commander';
import type { CommandContext } from '../../command-context';
import { addDeleteExpiredCommand } from './delete-expired';
import { addExportCommand } from './export';
import { addHoldCommands } from './holds';
import { addMigrateCommand } from './migrate';
import { addVerifyCommand } from './verify';

/** Adds the commands. They connect to the database itself. */
export function addRecordsCommands(program: Command, context: CommandContext): void {
  const records = program
    .command('records')
    .description('Look after the records database, with DATABASE_URL.');
  addMigrateCommand(records, context);
  addVerifyCommand(records, context);
  addExportCommand(program, records, context);
  addHoldCommands(records, context);
  addDeleteExpiredCommand(records, context);
}
