/** `portfolio-orders cancel`, `reconcile` and the other operator decisions about an order. */
import { Option, type Command } from 'commander';
import type { OrderOperation } from '../../app/orders/operate';
import { withHelp, neededToken, type CommandContext } from '../command-context';
import { decisionOutcome, hasOutcome } from './decision-outcome';
import { decide, withDecisionOptions, type DecisionOptions } from './decision-options';
import { secondsIn } from './placement-outcome';
import { reconcileAll, withSweepOptions, type ReconcileAllOptions } from './sweep/reconcile-all';
import { timelineLines } from '../output/timeline';
import { terminalJson } from '../output/json';
import { quoted, sanitized } from '../output/text';

interface OperationOptions extends DecisionOptions, ReconcileAllOptions {
  code?: string[];
  event?: string[];
  evidence?: string;
  order?: string;
  none?: boolean;
  wait?: number;
}

interface OperationCommand {
  name: OrderOperation['name'];
  description: string;
  /** In addition to the options of every decision. */
  options?: Option[];
  /** Body fields in addition to reason and actor; a string reports invalid options. */
  body?: (options: OperationOptions) => Record<string, unknown> | string;
  /** Set for the command that may also be about all orders. */
  isAlsoOfAll?: true;
  /** Arguments and meaning of an example. */
  example: [args: string, meaning: string];
  /** More of them. */
  examples?: [args: string, meaning: string][];
  note?: string;
}

const COMMANDS: OperationCommand[] = [
  {
    name: 'cancel',
    description: 'Request cancellation at Upvest, which decides.',
    example: ["cancel my-first --reason 'the client called'", 'Request it; show reports the result'],
    note: 'Before the order is placed, the request stays pending. Not allowed once the order is FILLED, SETTLED or CANCELLED.\nA token with the role submit may cancel what it placed itself.',
  },
  {
    name: 'reconcile',
    description: 'Check the order with Upvest now; restarts its workflow if that was terminated or failed.',
    isAlsoOfAll: true,
    example: ["reconcile my-first --reason 'quiet since noon'", 'Check before the next scheduled time'],
    examples: [
      ['reconcile --all --since 24h', 'Compare all orders of a day with Upvest and ESW'],
      ['reconcile --all --since 2026-11-30T00:00:00Z --format csv', 'The same, as a report'],
    ],
    note: 'With --all it starts a sweep, or waits for the one of the same window, and prints the breaks: exit code 1 if there are any, 0 otherwise. Without --since: since the last complete sweep. It needs TEMPORAL_*, DATABASE_URL and the task queues of the worker instead of a token.',
  },
  {
    name: 'acknowledge',
    description: 'Acknowledge issues of the order.',
    options: [
      new Option('--code <code>', 'only the issue with this code; repeatable').argParser(
        (code: string, codes: string[] | undefined) => [...(codes ?? []), code],
      ),
    ],
    body: ({ code }) => (code === undefined ? {} : { codes: code }),
    example: ["acknowledge my-first --code NEW_OVERDUE --reason 'Upvest knows'", 'Acknowledge one issue'],
  },
  {
    name: 'release',
    description: 'Release events held back from ESW.',
    example: ["release my-first --reason 'ESW does not have them'", 'Release them'],
  },
  {
    name: 'close',
    description: "Stop tracking the order, whatever Upvest's status.",
    options: [new Option('--evidence <text>', 'evidence, such as a ticket').makeOptionMandatory()],
    body: ({ evidence }) => ({ evidence }),
    example: ["close my-first --evidence 'ticket 4711' --reason 'settled by hand'", 'Close it'],
  },
  {
    name: 'reopen',
    description:
      'Reopen a finished order, such as for a late mistrade; it then stays open until you close it.',
    example: ["reopen my-first --reason 'a late mistrade'", 'Reopen it'],
  },
  {
    name: 'retry-emission',
    description: 'Resend the events that ESW rejected, unchanged, and resume a paused queue.',
    example: ["retry-emission my-first --reason 'ESW has fixed its list'", 'Resend them'],
    note: 'Events that could not be built are built anew. show says which event arrives after later ones.',
  },
  {
    name: 'skip-emission',
    description: 'Leave out events that ESW rejected or that could not be built: ESW never gets them.',
    options: [
      new Option('--event <name>', 'only the event with this name, as show has it; repeatable').argParser(
        (name: string, names: string[] | undefined) => [...(names ?? []), name],
      ),
    ],
    body: ({ event }) => (event === undefined ? {} : { events: event }),
    example: ["skip-emission my-first --event PROCESSING --reason 'ESW has SETTLED'", 'Leave out one event'],
  },
  {
    name: 'identify',
    description:
      'Resolve a placement with unknown outcome: name the order at Upvest, or say that there is none.',
    options: [
      new Option('--order <id>', 'portfolio order id at Upvest'),
      new Option('--none', 'Upvest has no order; ends the placement'),
    ],
    body({ order, none }) {
      if ((order === undefined) === (none === undefined)) return 'give either --order <id> or --none';
      return { portfolioOrderId: order ?? null };
    },
    example: ["identify my-first --none --reason 'Upvest has no such order'", 'There is no order'],
  },
];

/** Adds the commands; each prints the decision and its rule, then the outcome where a partner has to answer. */
export function addOperationCommands(program: Command, context: CommandContext): void {
  for (const operation of COMMANDS) {
    const { name, description, options = [], body = () => ({}), example, examples = [], note } = operation;
    const { isAlsoOfAll = false } = operation;
    const argument = isAlsoOfAll ? '[reference or id]' : '<reference or id>';
    const command = program.command(name).argument(argument).description(description);
    withDecisionOptions(command, isAlsoOfAll);
    if (isAlsoOfAll) withSweepOptions(command);
    for (const option of options) command.addOption(option);
    if (hasOutcome(name)) command.addOption(waitOption());
    withHelp(command, {
      needs: neededToken('operate'),
      examples: [example, ...examples],
      ...(note && { notes: [note] }),
    });
    command.action(async (named: string | undefined, given: OperationOptions) => {
      if (given.all === true) {
        if (named !== undefined) command.error('error: give either an order or --all');
        return reconcileAll(context, given.json === true ? { ...given, format: 'json' } : given);
      }
      const wrong = isAlsoOfAll ? wrongUsage(named, given) : undefined;
      if (wrong !== undefined) command.error(`error: ${wrong}`);
      const referenceOrId = named ?? '';
      const more = body(given);
      if (typeof more === 'string') command.error(`error: ${more}`);
      await context.withClient(async (client) => {
        const decided = await decide(given, (decision, key) =>
          client.operate(referenceOrId, name, { ...decision, ...more }, key),
        );
        const { json, wait = 0 } = given;
        if (json !== true) context.out(`${sanitized(decided.decided)}  [${decided.rule}]`);
        const made = { operation: name, rule: decided.rule };
        const outcome =
          wait > 0 ? await decisionOutcome(client, referenceOrId, made, wait * 1000) : undefined;
        const next = `Next: portfolio-orders watch ${quoted(referenceOrId)}`;
        if (json === true) context.out(terminalJson({ ...decided, outcome }, 2));
        else if (outcome !== undefined) timelineLines([outcome]).forEach(context.out);
        else if (wait > 0) context.out(`The outcome is not known yet. ${next}`);
      });
    });
  }
}

/** What is missing, or given in vain, where a command is about one order. */
function wrongUsage(named: string | undefined, given: OperationOptions): string | undefined {
  if (named === undefined) return 'missing required argument: an order, or --all';
  // Not mandatory for the parser, since a sweep has none.
  if ((given.reason as string | undefined) === undefined)
    return "required option '--reason <text>' not specified";
  const ofSweep = (['since', 'until', 'format'] as const).find((name) => given[name] !== undefined);
  return ofSweep && `--${ofSweep} is of --all`;
}

function waitOption(): Option {
  return new Option('--wait <seconds>', 'how long to wait for the outcome, 0 to 3600')
    .default(5)
    .argParser(secondsIn);
}
