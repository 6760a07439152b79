/** `portfolio-orders list`. */
import { InvalidArgumentError, Option, type Command } from 'commander';
import { present } from '../../../lib/json';
import { withHelp, neededToken, type CommandContext } from '../../command-context';
import type { OrderSummary } from '../../../app/ports/order-list';
import type { ListQuery, OrderPage, OrdersClient } from '../../client/orders-client';
import { printAs, withFormatOptions, type FormatOptions } from '../../output/formats';
import { tableOf } from '../../output/table';
import { partnerName, quoted, timeOf } from '../../output/text';

/** Options of the API's parameters with the same names. */
type Passed =
  | 'status'
  | 'reference'
  | 'type'
  | 'side'
  | 'phase'
  | 'amountFrom'
  | 'amountTo'
  | `${'opened' | 'changed' | 'settled' | 'finished'}${'From' | 'To'}`
  | 'sort'
  | 'count'
  | 'cursor';

interface ListOptions extends FormatOptions, Pick<ListQuery, Passed> {
  account?: string;
  attention?: string | true;
  search?: string;
  open?: true;
  closed?: true;
  asc?: true;
  limit?: number;
  all?: boolean;
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
    .description('List orders: open ones, newest first, then finished ones; or by --sort.')
    .option('--search <text>', 'beginning of a reference, or id of an order, child order or account')
    .option('--status <status>', "Upvest's status, such as PROCESSING")
    .option('--account <id>', 'account id at Upvest')
    .option('--attention [code]', 'only orders that need attention, or only with this code')
    .option('--reference <reference>', 'your order reference')
    .option('--type <type>', 'BUY, SELL or REBALANCING')
    .addOption(new Option('--side <side>', 'only this side').choices(['BUY', 'SELL']))
    .option('--phase <phase>', 'PLACING, UNKNOWN, REFUSED, TRACKED or FINISHED')
    .addOption(new Option('--open', 'only open orders').conflicts('closed'))
    .option('--closed', 'only finished orders')
    .option('--amount-from <amount>', 'ordered at least this amount')
    .option('--amount-to <amount>', 'ordered at most this amount');
  for (const time of ['opened', 'changed', 'settled', 'finished'])
    command
      .option(`--${time}-from <time>`, `${time} from this day or time on`)
      .option(`--${time}-to <time>`, `${time} to the end of this day, or before this time`);
  command
    .addOption(
      new Option('--sort <value>', 'sort by it, descending').choices([
        ...['opened', 'changed', 'settled', 'finished', 'amount'],
      ]),
    )
    .option('--asc', 'with --sort: ascending')
    .option('--count', 'count all orders that match')
    .option('--limit <number>', `orders per page, 1 to ${LARGEST_PAGE}`, pageSize)
    .option('--cursor <cursor>', 'continue after a page')
    .option('--all', 'all pages');
  withFormatOptions(command, 'as JSON, with nextCursor while more orders follow').action(
    async (options: ListOptions) => {
      const filter = filterOf(options);
      const load = () =>
        context.withClient((client) =>
          options.all === true ? allPages(client, filter) : client.list(filter),
        );
      const { limit: _limit, cursor: _cursor, count: _count, ...query } = filter;
      await printAs(context, options, { of: 'orders', query }, { load, lines: linesOf });
    },
  );
  withHelp(command, {
    needs: `${neededToken('read')} and DATABASE_URL`,
    examples: [
      ['list --attention', 'All orders that need attention'],
      ['list --attention EMISSION_REFUSED', 'Orders with events that ESW rejected'],
      ['list --open --status PROCESSING --limit 20', 'Orders in execution'],
      ['list --search savings-20', 'Orders whose reference begins with it'],
      ['list --settled-from 2026-03-01 --settled-to 2026-03-31 --format csv', 'What was settled in March'],
      ['list --open --sort amount --count', 'Open orders, the largest first, and how many there are'],
      [
        "list --account 5b8e2c9d-41f7-4d6a-8e2b-9a7c3d5e6f01 --all --json | jq -r '.orders[].reference'",
        'All orders of an account, in a script',
      ],
    ],
    notes: [
      'The list comes from the records database, at most some seconds behind the orders.',
      'A time is a day such as 2026-03-02, which begins at midnight in Berlin, or a time with its offset such as\n' +
        '2026-03-02T09:30:00Z.',
    ],
  });
}

function filterOf(options: ListOptions): ListQuery {
  const {
    account,
    attention,
    search,
    open,
    closed,
    asc,
    limit,
    all,
    json: _json,
    format: _format,
    ...passed
  } = options;
  return present({
    ...passed,
    accountId: account,
    attention: attention === true ? 'any' : attention,
    q: search,
    open: open ?? (closed === true ? false : undefined),
    direction: asc === true ? 'asc' : undefined,
    limit: limit ?? (all === true ? LARGEST_PAGE : undefined),
  });
}

async function allPages(client: OrdersClient, filter: ListQuery): Promise<OrderPage> {
  const orders: OrderSummary[] = [];
  let count: number | undefined;
  for (let given: ListQuery | undefined = filter; given !== undefined;) {
    const page: OrderPage = await client.list(given);
    orders.push(...page.orders);
    count ??= page.count;
    const { count: _counted, ...rest } = filter;
    given = page.nextCursor === undefined ? undefined : { ...rest, cursor: page.nextCursor };
  }
  return { orders, ...present({ count }) };
}

function linesOf({ orders, nextCursor, count }: OrderPage): string[] {
  if (orders.length === 0) return ['No orders match these filters.'];
  const head = ['order', 'status', 'type', 'amount', 'account', 'needs attention', 'settles', 'opened'];
  const rows = orders.map((order) => [
    order.reference === undefined ? [order.portfolioOrderId ?? ''] : [order.reference, ...idOf(order)],
    order.interrupted
      ? { alert: `${order.status ?? order.phase}, interrupted` }
      : (order.status ?? order.phase),
    order.type ?? '',
    order.cashAmount === undefined ? '' : [order.cashAmount, order.currency ?? ''].join(' ').trim(),
    order.accountId ?? '',
    { alert: [...order.attention, ...(order.troubles ?? []).map(troubleOf)].join(', ') },
    order.settlementDue === undefined ? '' : timeOf(order.settlementDue).slice(0, 16),
    timeOf(order.openedAt).slice(0, 16),
  ]);
  return [
    tableOf(head, rows),
    ...(count === undefined ? [] : [count === 1 ? '1 order matches.' : `${count} orders match.`]),
    ...(nextCursor === undefined ? [] : [`More orders follow: --cursor ${quoted(nextCursor)}, or --all.`]),
  ];
}

function troubleOf({ partner, since }: NonNullable<OrderSummary['troubles']>[number]): string {
  return `${partnerName(partner)} fails since ${timeOf(since).slice(0, 16)}`;
}

function idOf({ portfolioOrderId }: OrderSummary): string[] {
  return portfolioOrderId === undefined ? [] : [portfolioOrderId];
}
