/** `portfolio-orders cancel`, `reconcile` and the other calls by which operators decide about an order. */
import { Option, type Command } from 'commander';
import type { Operation } from '../temporal/order-operations';
import { print, teach, tokenOf, type CommandContext } from './command-context';
import { decide, withDecisionOptions, type DecisionOptions } from './decision-options';
import { plain } from './text';

interface OperationOptions extends DecisionOptions {
  code?: string[];
  evidence?: string;
  order?: string;
  none?: boolean;
}

interface OperationCommand {
  name: Operation['name'];
  description: string;
  /** Options beside those of every decision. */
  options?: Option[];
  /** What the body of the call has beside reason and actor; text says what is wrong with the options. */
  body?: (options: OperationOptions) => Record<string, unknown> | string;
  /** Arguments of an example, and what it does. */
  example: [args: string, meaning: string];
  note?: string;
}

const COMMANDS: OperationCommand[] = [
  {
    name: 'cancel',
    description: 'Ask Upvest to cancel the order; Upvest decides.',
    example: ["cancel my-first --reason 'the client called'", 'Ask for it; show tells what came of it'],
    note: 'Before the order is placed, the wish is kept and handed over. Forbidden once it is SETTLED or CANCELLED.',
  },
  {
    name: 'reconcile',
    description: 'Ask Upvest at once how the order stands; starts its workflow again if somebody ended it.',
    example: ["reconcile my-first --reason 'quiet since noon'", 'Do not wait for the next question'],
  },
  {
    name: 'acknowledge',
    description: 'Say that what needs somebody is dealt with.',
    options: [
      new Option('--code <code>', 'only this attention; may be given several times').argParser(
        (code: string, codes: string[] | undefined) => [...(codes ?? []), code],
      ),
    ],
    body: ({ code }) => (code === undefined ? {} : { codes: code }),
    example: ["acknowledge my-first --code NEW_OVERDUE --reason 'Upvest knows'", 'Silence one attention'],
  },
  {
    name: 'release',
    description: 'Let go what is held back from ESW.',
    example: ["release my-first --reason 'ESW knows nothing of it'", 'Let it go'],
  },
  {
    name: 'close',
    description: 'End the order here whatever the broker says.',
    options: [
      new Option('--evidence <text>', 'what proves that it may end, such as a ticket').makeOptionMandatory(),
    ],
    body: ({ evidence }) => ({ evidence }),
    example: ["close my-first --evidence 'ticket 4711' --reason 'settled by hand'", 'End it'],
  },
  {
    name: 'reopen',
    description:
      'Take a finished order up again, such as for a late mistrade; it then stays open until it is closed.',
    example: ["reopen my-first --reason 'a late mistrade'", 'Take it up again'],
  },
  {
    name: 'retry-emission',
    description: 'Send again what ESW refused, with the same id and the same bytes.',
    example: ["retry-emission my-first --reason 'ESW has mended its list'", 'Send it again'],
  },
  {
    name: 'identify',
    description: 'Say which order at Upvest a POST without an answer has made.',
    options: [
      new Option('--order <id>', "the portfolio order's id at Upvest"),
      new Option('--none', 'it has made none: the placement ends'),
    ],
    body({ order, none }) {
      if ((order === undefined) === (none === undefined)) return 'say either --order <id> or --none';
      return { portfolioOrderId: order ?? null };
    },
    example: ["identify my-first --none --reason 'Upvest has looked'", 'It has made no order'],
  },
];

/** Adds the commands; each prints what was decided, and by which rule. */
export function addOperationCommands(program: Command, context: CommandContext): void {
  for (const { name, description, options = [], body = () => ({}), example, note } of COMMANDS) {
    const command = withDecisionOptions(
      program.command(name).argument('<reference or id>').description(description),
    );
    for (const option of options) command.addOption(option);
    teach(command, { needs: tokenOf('operate'), examples: [example], ...(note && { notes: [note] }) });
    command.action(async (referenceOrId: string, given: OperationOptions) => {
      const more = body(given);
      if (typeof more === 'string') command.error(`error: ${more}`);
      const decided = await context.withClient((client) =>
        decide(given, (decision, key) => client.operate(referenceOrId, name, { ...decision, ...more }, key)),
      );
      print(context, given.json, decided, () => [`${plain(decided.decided)}  [${decided.rule}]`]);
    });
  }
}
