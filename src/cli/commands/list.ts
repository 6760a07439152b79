/** `portfolio-orders list`. */
import { InvalidArgumentError, Option, type Command } from 'commander';
import { present } from '../../lib/json';
import { print, withHelp, neededToken, type CommandContext } from '../command-context';
import type { OrderSummary } from '../../app/orders/list';
import type { OrderFilter, OrderPage, OrdersClient } from '../client/orders-client';
import { tableOf } from '../output/table';
import { partnerName, quoted, timeOf } from '../output/text';

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

/** The API's largest page. */
const LARGEST_PAGE = 100;

export function pageSize(text: string): number {
  const size = Number(text);
  if (!/^\d+$/.test(text) || size < 1 || size > LARGEST_PAGE)
    throw new InvalidArgumentError(`enter a whole number from 1 to ${LARGEST_PAGE}`);
  return size;
}

export function addListCommand(program: Command, context: CommandContext): void {
  const command = program
    .command('list')
    .description('List orders, newest first.')
    .option('--status <status>', "Upvest's status, such as PROCESSING")
    .option('--account <id>', 'account id at Upvest')
    .option('--attention [code]', 'only orders that need attention, or only with this code')
    .option('--reference <reference>', 'your order reference')
    .option('--type <type>', 'BUY, SELL or REBALANCING')
    .option('--phase <phase>', 'PLACING, UNKNOWN, REFUSED, TRACKED or FINISHED')
    .addOption(new Option('--open', 'only open orders').conflicts('closed'))
    .option('--closed', 'only finished orders')
    .option('--limit <number>', `orders per page, 1 to ${LARGEST_PAGE}`, pageSize)
    .option('--cursor <cursor>', 'continue after a page')
    .option('--all', 'all pages')
    .option('--json', 'as JSON, with nextCursor while more orders follow')
    .action(async (options: ListOptions) => {
      const filter = filterOf(options);
      const page = await context.withClient((client) =>
        options.all === true ? allPages(client, filter) : client.list(filter),
      );
      print(context, options.json, page, () => linesOf(page));
    });
  withHelp(command, {
    needs: neededToken('read'),
    examples: [
      ['list --attention', 'All orders that need attention'],
      ['list --attention EMISSION_REFUSED', 'Orders with events that ESW rejected'],
      ['list --open --status PROCESSING --limit 20', 'Orders in execution'],
      [
        "list --account 5b8e2c9d-41f7-4d6a-8e2b-9a7c3d5e6f01 --all --json | jq -r '.orders[].reference'",
        'All orders of an account, in a script',
      ],
    ],
    notes: ['The list comes from an index that lags the orders by a moment.'],
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
  if (orders.length === 0) return ['No orders match these filters.'];
  const head = ['order', 'status', 'type', 'account', 'needs attention', 'settles', 'opened'];
  const rows = orders.map((order) => [
    order.reference === undefined ? [order.portfolioOrderId ?? ''] : [order.reference, ...idOf(order)],
    order.interrupted
      ? { alert: `${order.status ?? order.phase}, interrupted` }
      : (order.status ?? order.phase),
    order.type ?? '',
    order.accountId ?? '',
    { alert: [...order.attention, ...(order.troubles ?? []).map(troubleOf)].join(', ') },
    order.settlementDue === undefined ? '' : timeOf(order.settlementDue).slice(0, 16),
    timeOf(order.openedAt).slice(0, 16),
  ]);
  const more =
    nextCursor === undefined ? [] : [`More orders follow: --cursor ${quoted(nextCursor)}, or --all.`];
  return [tableOf(head, rows), ...more];
}

function troubleOf({ partner, since }: NonNullable<OrderSummary['troubles']>[number]): string {
  return `${partnerName(partner)} fails since ${timeOf(since).slice(0, 16)}`;
}

function idOf({ portfolioOrderId }: OrderSummary): string[] {
  return portfolioOrderId === undefined ? [] : [portfolioOrderId];
}
