/** `portfolio-orders watch`, and the displays of an order that is followed. */
import type { Command } from 'commander';
import type { OrderStatusView } from '../../app/orders/read';
import { withHelp, neededToken, type CommandContext } from '../command-context';
import { follow } from '../client/follow';
import { LiveBlock, type Terminal } from '../output/live-block';
import type { OrdersClient } from '../client/orders-client';
import { EXIT } from '../client/problem';
import { progressLines } from '../output/progress';
import { EventLog } from '../output/event-log';
import { sanitized } from '../output/text';
import { terminalJson } from '../output/json';

/** Shows successive snapshots. */
interface Display {
  next(view: OrderStatusView): void;
  end(): void;
}

const REDRAW_EVERY_MS = 1000;

export function addWatchCommand(program: Command, context: CommandContext): void {
  const command = program
    .command('watch')
    .argument('<reference or id>')
    .description('Follow an order until it has finished.')
    .option('--json', 'one JSON object per line: the whole order after each change')
    .action(async (referenceOrId: string, { json }: { json?: boolean }) => {
      await context.withClient((client) => watch(client, referenceOrId, json, context));
    });
  withHelp(command, {
    needs: neededToken('read'),
    examples: [
      ['watch my-first', 'Follow it on this terminal; ends with 3 unless it settles'],
      ["watch my-first --json | jq -r '.order.status'", 'Each status, in a script'],
    ],
    notes: [
      'On a terminal, shows live progress: children filled and settled, events at ESW, and what the order\n' +
        'waits for. Elsewhere, prints one line per change.',
    ],
  });
}

/** Sets the exit code by the order's final status. */
export async function watch(
  client: OrdersClient,
  referenceOrId: string,
  asJson: boolean | undefined,
  context: CommandContext,
): Promise<void> {
  const display = displayFor(referenceOrId, asJson, context);
  let last: OrderStatusView | undefined;
  try {
    for await (const view of follow(() => client.snapshots(referenceOrId))) {
      last = view;
      display.next(view);
    }
  } finally {
    display.end();
  }
  const status = last?.order?.status ?? last?.phase ?? '';
  const again = last?.order?.resubmittedAs;
  if (asJson !== true) {
    const more = again === undefined ? '' : `, resubmitted as ${sanitized(again)}`;
    context.out(`${referenceOrId}: ${sanitized(status)}${more}`);
  }
  if (status !== 'SETTLED') context.endWith(EXIT.notSettled);
}

function displayFor(name: string, asJson: boolean | undefined, context: CommandContext): Display {
  if (asJson === true) return changes(context);
  return context.terminal ? block(name, context.terminal) : lines(context);
}

function changes({ out }: CommandContext): Display {
  let shown = '';
  return {
    next(view) {
      const text = terminalJson(view);
      if (text !== shown) out(text);
      shown = text;
    },
    end: () => undefined,
  };
}

function lines({ out }: CommandContext): Display {
  const log = new EventLog();
  return {
    next(view) {
      log.next(view).forEach(out);
    },
    end: () => undefined,
  };
}

/** Also redraws every second, to update relative times. */
function block(name: string, terminal: Terminal): Display {
  const live = new LiveBlock(terminal);
  let latest: OrderStatusView | undefined;
  const draw = (): void => {
    if (latest !== undefined) live.show(progressLines(name, latest, Date.now()));
  };
  const timer = setInterval(draw, REDRAW_EVERY_MS);
  return {
    next(view) {
      latest = view;
      draw();
    },
    end() {
      clearInterval(timer);
    },
  };
}
