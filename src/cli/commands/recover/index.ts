/** `portfolio-orders recover …`: after a loss of Temporal's data or of the records database. */
import type { Command } from 'commander';
import type { CommandContext } from '../../command-context';
import { addBeginCommand, addEndCommand } from './begin-and-end';
import { addRecoverRecordsCommand } from './records';
import { addRecoverTemporalCommand } from './temporal';

/** Adds the commands. They connect to Temporal and to the database themselves. */
export function addRecoverCommands(program: Command, context: CommandContext): void {
  const recover = program
    .command('recover')
    .description('Recover after a loss of Temporal’s data or of the records database.');
  addBeginCommand(recover, context);
  addRecoverTemporalCommand(recover, context);
  addRecoverRecordsCommand(recover, context);
  addEndCommand(recover, context);
}
