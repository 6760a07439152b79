/** `portfolio-orders show` and `timeline`: one order. */
import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { print, withHelp, neededToken, type CommandContext } from '../command-context';
import { summaryLines } from '../output/order-summary';
import { timelineLines } from '../output/timeline';

export function addShowCommand(program: Command, context: CommandContext): void {
  const command = program
    .command('show')
    .argument('<reference or id>')
    .description("Show an order's status, its issues with the next commands, and what it waits for.")
    .option('--json', 'the whole order as JSON')
    .action(async (referenceOrId: string, { json }: { json?: boolean }) => {
      const view = await context.withClient((client) => client.read(referenceOrId));
      print(context, json, view, () => summaryLines(view));
    });
  withHelp(command, {
    needs: neededToken('read'),
    examples: [
      ['show my-first', "By your reference or Upvest's id"],
      ["show my-first --json | jq '.order.progress'", 'One part, in a script'],
    ],
  });
}

export function addTimelineCommand(program: Command, context: CommandContext): void {
  const command = program
    .command('timeline')
    .argument('<reference or id>')
    .description(
      'Print the timeline of an order, oldest entry first, with the rule behind each. Times are UTC.',
    )
    .option('--json', 'as JSON')
    .option('--svg [file]', 'as an SVG chart, to this file or to stdout')
    .action(
      async (referenceOrId: string, options: { json?: boolean; svg?: string | true }, self: Command) => {
        const { json, svg } = options;
        if (json === true && svg !== undefined) self.error('error: give either --json or --svg');
        await context.withClient(async (client) => {
          if (svg === undefined) {
            const entries = await client.timeline(referenceOrId);
            print(context, json, entries, () => timelineLines(entries));
            return;
          }
          const chart = await client.timelineSvg(referenceOrId);
          if (svg === true) context.out(chart);
          else await writeFile(svg, chart);
        });
      },
    );
  withHelp(command, {
    needs: neededToken('read'),
    examples: [
      ['timeline my-first', 'Time, source, rule, event, and who decided and why'],
      ['timeline my-first --svg my-first.svg', 'The same as an SVG chart'],
    ],
    notes: ['docs/rules.md explains each rule.'],
  });
}
