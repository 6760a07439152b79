/** `portfolio-orders watch`, and what shows an order while it is followed. */
import type { Command } from 'commander';
import type { OrderStatusView } from '../temporal/order-reader';
import { teach, tokenOf, type CommandContext } from './command-context';
import { following } from './following';
import { LiveBlock, type Terminal } from './live-block';
import type { OrdersClient } from './orders-client';
import { EXIT } from './orders-problem';
import { progressLines } from './progress';
import { Story } from './story';
import { plain } from './text';

/** Shows one look after the other. */
interface Display {
  next(view: OrderStatusView): void;
  end(): void;
}

const REDRAW_EVERY_MS = 1000;

export function addWatchCommand(program: Command, context: CommandContext): void {
  const command = program
    .command('watch')
    .argument('<reference or id>')
    .description('Follow an order until it is finished.')
    .option('--json', 'one JSON object per line: the whole order, each time that it has changed')
    .action(async (referenceOrId: string, { json }: { json?: boolean }) => {
      await context.withClient((client) => watch(client, referenceOrId, json, context));
    });
  teach(command, {
    needs: tokenOf('read'),
    examples: [
      ['watch my-first', 'Follow it on this terminal; ends with 3 unless it is settled'],
      ["watch my-first --json | jq -r '.order.status'", 'Each status, in a script'],
    ],
    notes: [
      'On a terminal a block of lines is kept up to date: children filled and settled, what ESW has, what the\n' +
        'order waits for and until when. Elsewhere there is one line for each change.',
    ],
  });
}

/** Sets the exit code by how the order has ended. */
export async function watch(
  client: OrdersClient,
  referenceOrId: string,
  asJson: boolean | undefined,
  context: CommandContext,
): Promise<void> {
  const display = displayFor(referenceOrId, asJson, context);
  let last: OrderStatusView | undefined;
  try {
    for await (const view of following(() => client.looks(referenceOrId))) {
      last = view;
      display.next(view);
    }
  } finally {
    display.end();
  }
  const status = last?.order?.status ?? last?.phase ?? '';
  const again = last?.order?.resubmittedAs;
  if (asJson !== true) {
    const more = again === undefined ? '' : `, placed again as ${plain(again)}`;
    context.out(`${referenceOrId}: ${plain(status)}${more}`);
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
      const text = JSON.stringify(view);
      if (text !== shown) out(text);
      shown = text;
    },
    end: () => undefined,
  };
}

function lines({ out }: CommandContext): Display {
  const story = new Story();
  return {
    next(view) {
      story.next(view).forEach(out);
    },
    end: () => undefined,
  };
}

/** Drawn anew every second, too, for the times from now. */
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
