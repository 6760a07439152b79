/** `portfolio-orders parked …`: webhook events that could not be used, and what an operator makes of them. */
import { Option, type Command } from 'commander';
import { present } from '../json';
import type { ParkingReason } from '../../workflows/messages';
import type { ParkedEventAttemptView, ParkedEventView } from '../temporal/parked-events';
import { print, teach, tokenOf, type CommandContext } from './command-context';
import { decide, withDecisionOptions, type DecisionOptions } from './decision-options';
import { pageSize } from './list';
import type { ParkedPage } from './orders-client';
import { EXIT } from './orders-problem';
import { tableOf } from './table';
import { plain, quoted, timeOf } from './text';

const REASONS: ParkingReason[] = ['UNROUTED', 'REFUSED_BY_ORDER', 'UNREADABLE', 'UNKNOWN_TYPE', 'LATE'];

export function addParkedCommands(program: Command, context: CommandContext): void {
  const parked = program
    .command('parked')
    .description('Webhook events that could not be used: look at them, try them again, or discard them.');

  const list = parked
    .command('list')
    .description('List parked events, newest first.')
    .addOption(new Option('--reason <reason>', 'only these').choices(REASONS))
    .option('--limit <number>', 'events of one page', pageSize)
    .option('--cursor <cursor>', 'go on where a page ended')
    .option('--json', 'as JSON')
    .action(async (options: { reason?: string; limit?: number; cursor?: string; json?: boolean }) => {
      const { json, reason, limit, cursor } = options;
      const page = await context.withClient((client) =>
        client.listParked(present({ reason, limit, cursor })),
      );
      print(context, json, page, () => linesOf(page));
    });
  teach(list, {
    needs: tokenOf('read'),
    examples: [['parked list --reason LATE', 'News of orders that had ended']],
  });

  const show = parked
    .command('show')
    .argument('<id>')
    .description('Show one event as it was received.')
    .option('--json', 'as JSON')
    .action(async (id: string, { json }: { json?: boolean }) => {
      const event = await context.withClient((client) => client.readParked(id));
      print(context, json, event, () => eventLines(event));
    });
  teach(show, {
    needs: tokenOf('operate'),
    examples: [
      ['parked show 4c0d7b1e-9f6a-4b7e-8a53-1d2e3f405162.0f3c9a1b2d4e5f60', 'By the id that list shows'],
    ],
  });

  for (const operation of ['retry', 'discard'] as const) addDecision(parked, operation, context);
}

const DECISIONS = {
  retry: {
    description: 'Try now to hand the event to its order, such as after a deploy that can read it.',
    why: 'can be read since today',
    meaning: 'Try it again; ends with 1 while it is still parked',
  },
  discard: {
    description: 'Say that the event is of no use.',
    why: 'a test event of Upvest',
    meaning: 'It is kept no longer',
  },
};

function addDecision(parked: Command, operation: 'retry' | 'discard', context: CommandContext): void {
  const { description, why, meaning } = DECISIONS[operation];
  const command = withDecisionOptions(
    parked.command(operation).argument('<id>').description(description),
  ).action(async (id: string, options: DecisionOptions) => {
    const attempt = await context.withClient((client) =>
      decide(options, (decision, key) => client.decideParked(id, operation, decision, key)),
    );
    print(context, options.json, attempt, () => [sentence(attempt)]);
    if (attempt.outcome === 'kept' || attempt.outcome === 'partly') context.endWith(EXIT.failed);
  });
  teach(command, {
    needs: tokenOf('operate'),
    examples: [
      [
        `parked ${operation} 4c0d7b1e-9f6a-4b7e-8a53-1d2e3f405162.0f3c9a1b2d4e5f60 --reason ${quoted(why)}`,
        meaning,
      ],
    ],
  });
}

function linesOf({ events, nextCursor }: ParkedPage): string[] {
  if (events.length === 0) return ['There are no such events.'];
  const rows = events.map(({ id, reason, detail = '', receivedAt, state }) => [
    id,
    reason,
    state,
    timeOf(receivedAt),
    detail,
  ]);
  const more = nextCursor === undefined ? [] : [`There are more: --cursor ${quoted(nextCursor)}`];
  return [tableOf(['id', 'reason', 'state', 'received', 'detail'], rows), ...more];
}

function eventLines(event: ParkedEventView): string[] {
  const { id, eventId, reason, detail, receivedAt, state, retried, outcome, raw, rawEncoding } = event;
  const rows: [label: string, text: string | undefined][] = [
    ['Parked event', id],
    ['Event of Upvest', eventId],
    ['Reason', `${reason}: ${detail}`],
    ['Received', timeOf(receivedAt)],
    ['State', retried ? `${state}, and is tried again by itself` : state],
    ['Outcome', outcome && sentence(outcome)],
    [rawEncoding === undefined ? 'As it came' : `As it came, in ${rawEncoding}`, raw],
  ];
  return rows.flatMap(([label, text]) => (text === undefined ? [] : [`${label.padEnd(16)} ${plain(text)}`]));
}

function sentence(attempt: ParkedEventAttemptView | Exclude<ParkedEventView['outcome'], undefined>): string {
  switch (attempt.outcome) {
    case 'routed':
      return `It is with portfolio order ${plain(attempt.portfolioOrderId)}.`;
    case 'all-dealt-with':
      return `All of its ${attempt.events} events are dealt with.`;
    case 'redundant':
      return 'Its order knew it already.';
    case 'foreign':
      return `It belongs to no portfolio order (${plain(attempt.flow)}).`;
    case 'discarded':
      return `It is discarded, by ${plain(attempt.actor)}: ${plain(attempt.reason)}`;
    case 'kept':
      return `It is still parked: ${plain(attempt.why)}`;
    case 'interrupted':
      return 'Somebody ended its workflow from outside.';
    case 'partly':
      return `A part of it is still parked: ${plain(attempt.why)}`;
  }
}
