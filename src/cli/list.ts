/** `portfolio-orders list`. */
import { InvalidArgumentError, Option, type Command } from 'commander';
import { present } from '../json';
import { print, teach, tokenOf, type CommandContext } from './command-context';
import type { OrderSummary } from '../temporal/order-list';
import type { OrderFilter, OrderPage, OrdersClient } from './orders-client';
import { tableOf } from './table';
import { quoted, timeOf } from './text';

interface ListOptions {
  status?: string;
  account?: string;
  attention?: string | true;
  reference?: string;
  type?: string;
  phase?: string;
  open?: true;
  closed?: true;
  limit?: number;
  cursor?: string;
  all?: boolean;
  json?: boolean;
}

/** Orders of one page at most; the API's own limit. */
const LARGEST_PAGE = 100;

export function pageSize(text: string): number {
  const size = Number(text);
  if (!/^\d+$/.test(text) || size < 1 || size > LARGEST_PAGE)
    throw new InvalidArgumentError(`a whole number from 1 to ${LARGEST_PAGE} is expected`);
  return size;
}

export function addListCommand(program: Command, context: CommandContext): void {
  const command = program
    .command('list')
    .description('List orders, newest first.')
    .option('--status <status>', "Upvest's word, such as PROCESSING")
    .option('--account <id>', "account's id at Upvest")
    .option('--attention [code]', 'only what needs somebody, or only for this code')
    .option('--reference <reference>', 'your own name of the order')
    .option('--type <type>', 'BUY, SELL or REBALANCING')
    .option('--phase <phase>', 'PLACING, UNKNOWN, REFUSED, TRACKED or FINISHED')
    .addOption(new Option('--open', 'only what is not over').conflicts('closed'))
    .option('--closed', 'only what is over')
    .option('--limit <number>', `orders of one page, 1 to ${LARGEST_PAGE}`, pageSize)
    .option('--cursor <cursor>', 'go on where a page ended')
    .option('--all', 'all pages')
    .option('--json', 'as JSON; nextCursor is there while more follow')
    .action(async (options: ListOptions) => {
      const filter = filterOf(options);
      const page = await context.withClient((client) =>
        options.all === true ? allPages(client, filter) : client.list(filter),
      );
      print(context, options.json, page, () => linesOf(page));
    });
  teach(command, {
    needs: tokenOf('read'),
    examples: [
      ['list --attention', 'Everything that needs somebody'],
      ['list --attention EMISSION_REFUSED', 'Only what ESW has refused'],
      ['list --open --status PROCESSING --limit 20', 'Orders that are being executed'],
      [
        "list --account 5b8e2c9d-41f7-4d6a-8e2b-9a7c3d5e6f01 --all --json | jq -r '.orders[].reference'",
        'All of an account, in a script',
      ],
    ],
    notes: ['The list is read from an index, which follows the orders by a moment.'],
  });
}

function filterOf(options: ListOptions): OrderFilter {
  const { status, account, attention, reference, type, phase, open, closed, limit, cursor, all } = options;
  return present({
    status,
    accountId: account,
    attention: attention === true ? 'any' : attention,
    reference,
    type,
    phase,
    open: open ?? (closed === true ? false : undefined),
    limit: limit ?? (all === true ? LARGEST_PAGE : undefined),
    cursor,
  });
}

async function allPages(client: OrdersClient, filter: OrderFilter): Promise<OrderPage> {
  const orders: OrderSummary[] = [];
  for (let given: OrderFilter | undefined = filter; given !== undefined;) {
    const page: OrderPage = await client.list(given);
    orders.push(...page.orders);
    given = page.nextCursor === undefined ? undefined : { ...filter, cursor: page.nextCursor };
  }
  return { orders };
}

function linesOf({ orders, nextCursor }: OrderPage): string[] {
  if (orders.length === 0) return ['There are no such orders.'];
  const head = ['order', 'status', 'type', 'account', 'needs somebody', 'settles', 'opened'];
  const rows = orders.map((order) => [
    order.reference === undefined ? [order.portfolioOrderId ?? ''] : [order.reference, ...idOf(order)],
    order.interrupted ? { alarm: `${order.phase}, nobody follows it` } : (order.status ?? order.phase),
    order.type ?? '',
    order.accountId ?? '',
    { alarm: order.attention.join(', ') },
    order.settlementDue === undefined ? '' : timeOf(order.settlementDue).slice(0, 16),
    timeOf(order.openedAt).slice(0, 16),
  ]);
  const more = nextCursor === undefined ? [] : [`There are more: --cursor ${quoted(nextCursor)}, or --all.`];
  return [tableOf(head, rows), ...more];
}

function idOf({ portfolioOrderId }: OrderSummary): string[] {
  return portfolioOrderId === undefined ? [] : [portfolioOrderId];
}
