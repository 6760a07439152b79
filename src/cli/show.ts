/** `portfolio-orders show` and `timeline`: one order. */
import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { print, teach, tokenOf, type CommandContext } from './command-context';
import { summaryLines } from './summary';
import { timelineLines } from './timeline';

export function addShowCommand(program: Command, context: CommandContext): void {
  const command = program
    .command('show')
    .argument('<reference or id>')
    .description(
      'Show how an order stands: what needs somebody and what to type then, what it waits for and until when.',
    )
    .option('--json', 'all that is known of it, as JSON')
    .action(async (referenceOrId: string, { json }: { json?: boolean }) => {
      const view = await context.withClient((client) => client.read(referenceOrId));
      print(context, json, view, () => summaryLines(view));
    });
  teach(command, {
    needs: tokenOf('read'),
    examples: [
      ['show my-first', 'By your reference, or by the id at Upvest'],
      ["show my-first --json | jq '.order.progress'", 'A part of it, in a script'],
    ],
  });
}

export function addTimelineCommand(program: Command, context: CommandContext): void {
  const command = program
    .command('timeline')
    .argument('<reference or id>')
    .description(
      'Print what happened to an order, in order, with the rule that allowed each step. Times are UTC.',
    )
    .option('--json', 'as JSON')
    .option('--svg [file]', 'as a picture, to this file or to stdout')
    .action(
      async (referenceOrId: string, options: { json?: boolean; svg?: string | true }, self: Command) => {
        const { json, svg } = options;
        if (json === true && svg !== undefined) self.error('error: say either --json or --svg');
        await context.withClient(async (client) => {
          if (svg === undefined) {
            const entries = await client.timeline(referenceOrId);
            print(context, json, entries, () => timelineLines(entries));
            return;
          }
          const picture = await client.drawing(referenceOrId);
          if (svg === true) context.out(picture);
          else await writeFile(svg, picture);
        });
      },
    );
  teach(command, {
    needs: tokenOf('read'),
    examples: [
      ['timeline my-first', 'Time, source, rule, what happened, and who decided it why'],
      ['timeline my-first --svg my-first.svg', 'The same as a picture'],
    ],
    notes: ['docs/rules.md says what each rule means.'],
  });
}
