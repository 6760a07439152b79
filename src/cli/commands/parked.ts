/** `portfolio-orders parked …`: webhook events that could not be processed, and operators' decisions about them. */
import { Option, type Command } from 'commander';
import { present } from '../../lib/json';
import type { ParkedEventAttemptView, ParkedEventView } from '../../app/parked-events/parked-events';
import { print, withHelp, neededToken, type CommandContext } from '../command-context';
import { decide, withDecisionOptions, type DecisionOptions } from './decision-options';
import { pageSize } from './lists/list';
import type { ParkedPage } from '../client/orders-client';
import { EXIT } from '../client/problem';
import { tableOf } from '../output/table';
import { sanitized, quoted, timeOf } from '../output/text';
import type { ParkingReason } from '../../../contracts/parked-event';

const REASONS: ParkingReason[] = ['UNROUTED', 'REFUSED_BY_ORDER', 'UNREADABLE', 'UNKNOWN_TYPE', 'LATE'];

export function addParkedCommands(program: Command, context: CommandContext): void {
  const parked = program
    .command('parked')
    .description('Show, retry or discard webhook events that could not be processed.');

  const list = parked
    .command('list')
    .description('List parked events, newest first.')
    .addOption(new Option('--reason <reason>', 'only events with this reason').choices(REASONS))
    .option('--limit <number>', 'events per page', pageSize)
    .option('--cursor <cursor>', 'continue after a page')
    .option('--json', 'as JSON')
    .action(async (options: { reason?: string; limit?: number; cursor?: string; json?: boolean }) => {
      const { json, reason, limit, cursor } = options;
      const page = await context.withClient((client) =>
        client.listParked(present({ reason, limit, cursor })),
      );
      print(context, json, page, () => linesOf(page));
    });
  withHelp(list, {
    needs: neededToken('read'),
    examples: [['parked list --reason LATE', 'Late events of finished orders']],
  });

  const show = parked
    .command('show')
    .argument('<id>')
    .description('Show one event as received.')
    .option('--json', 'as JSON')
    .action(async (id: string, { json }: { json?: boolean }) => {
      const event = await context.withClient((client) => client.readParked(id));
      print(context, json, event, () => eventLines(event));
    });
  withHelp(show, {
    needs: neededToken('operate'),
    examples: [
      ['parked show 4c0d7b1e-9f6a-4b7e-8a53-1d2e3f405162.0f3c9a1b2d4e5f60', 'By the id from the list'],
    ],
  });

  for (const operation of ['retry', 'discard'] as const) addDecision(parked, operation, context);
}

const DECISIONS = {
  retry: {
    description: 'Retry the event now, such as after a deploy that can process it.',
    why: 'supported since today',
    meaning: 'Retry it; ends with 1 while it is still parked',
  },
  discard: {
    description: 'Discard the event for good.',
    why: 'a test event of Upvest',
    meaning: 'Discard it',
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
  withHelp(command, {
    needs: neededToken('operate'),
    examples: [
      [
        `parked ${operation} 4c0d7b1e-9f6a-4b7e-8a53-1d2e3f405162.0f3c9a1b2d4e5f60 --reason ${quoted(why)}`,
        meaning,
      ],
    ],
  });
}

function linesOf({ events, nextCursor }: ParkedPage): string[] {
  if (events.length === 0) return ['No parked events.'];
  const rows = events.map(({ id, reason, detail = '', receivedAt, state }) => [
    id,
    reason,
    state,
    timeOf(receivedAt),
    detail,
  ]);
  const more = nextCursor === undefined ? [] : [`More events follow: --cursor ${quoted(nextCursor)}`];
  return [tableOf(['id', 'reason', 'state', 'received', 'detail'], rows), ...more];
}

function eventLines(event: ParkedEventView): string[] {
  const { id, eventId, reason, detail, receivedAt, state, retried, outcome, raw, rawEncoding } = event;
  const rows: [label: string, text: string | undefined][] = [
    ['Parked event', id],
    ['Upvest event', eventId],
    ['Reason', `${reason}: ${detail}`],
    ['Received', timeOf(receivedAt)],
    ['State', retried ? `${state}, retried automatically` : state],
    ['Outcome', outcome && sentence(outcome)],
    [rawEncoding === undefined ? 'Raw payload' : `Raw (${rawEncoding})`, raw],
  ];
  return rows.flatMap(([label, text]) =>
    text === undefined ? [] : [`${label.padEnd(16)} ${sanitized(text)}`],
  );
}

function sentence(attempt: ParkedEventAttemptView | Exclude<ParkedEventView['outcome'], undefined>): string {
  switch (attempt.outcome) {
    case 'routed':
      return `Delivered to portfolio order ${sanitized(attempt.portfolioOrderId)}.`;
    case 'all-dealt-with':
      return `All ${attempt.events} events are processed.`;
    case 'redundant':
      return 'The order already had this event.';
    case 'foreign':
      return `Belongs to no portfolio order (${sanitized(attempt.flow)}).`;
    case 'discarded':
      return `Discarded by ${sanitized(attempt.actor)}: ${sanitized(attempt.reason)}`;
    case 'kept':
      return `Still parked: ${sanitized(attempt.why)}`;
    case 'interrupted':
      return 'Its workflow was terminated or failed.';
    case 'partly':
      return `Partly processed; the rest is still parked: ${sanitized(attempt.why)}`;
  }
}
