/** `portfolio-orders cancel`, `reconcile` and the other calls by which operators decide about an order. */
import { randomUUID } from 'node:crypto';
import { Option, type Command } from 'commander';
import { ApiError, operate, type ApiOptions } from './api';
import { plain } from './text';

interface OperationOptions {
  reason: string;
  actor?: string;
  key?: string;
  code?: string[];
  evidence?: string;
  order?: string;
  none?: boolean;
}

interface OperationCommand {
  name: string;
  description: string;
  /** Options beside reason, actor and key. */
  options?: Option[];
  /** What the body of the call has beside reason and actor; text says what is wrong with the options. */
  body?: (options: OperationOptions) => Record<string, unknown> | string;
}

const COMMANDS: OperationCommand[] = [
  {
    name: 'cancel',
    description: 'Ask Upvest to cancel the order; Upvest decides.',
  },
  {
    name: 'reconcile',
    description: 'Ask Upvest at once how the order stands; starts its workflow again if somebody ended it.',
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
  },
  {
    name: 'release',
    description: 'Let go what is held back from ESW.',
  },
  {
    name: 'close',
    description: 'End the order here whatever the broker says.',
    options: [
      new Option('--evidence <text>', 'what proves that it may end, such as a ticket').makeOptionMandatory(),
    ],
    body: ({ evidence }) => ({ evidence }),
  },
  {
    name: 'reopen',
    description:
      'Take a finished order up again, such as for a late mistrade; it then stays open until it is closed.',
  },
  {
    name: 'retry-emission',
    description: 'Send again what ESW refused, with the same id and the same bytes.',
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
  },
];

/** Adds the commands; each prints what was decided, and by which rule. */
export function addOperationCommands(
  program: Command,
  api: () => ApiOptions,
  out: (line: string) => void,
): void {
  for (const { name, description, options = [], body = () => ({}) } of COMMANDS) {
    const command = program
      .command(name)
      .argument('<reference or id>')
      .description(`${description} Needs a token of the role operate.`)
      .requiredOption('--reason <text>', 'why; it is kept with the order')
      .option('--actor <name>', 'who decides, where the token does not say it')
      .option('--key <key>', 'idempotency key: the same again is the same decision');
    for (const option of options) command.addOption(option);
    command.action(async (referenceOrId: string, given: OperationOptions) => {
      const more = body(given);
      if (typeof more === 'string') command.error(`error: ${more}`);
      const { reason, actor, key = randomUUID() } = given;
      const decision = { reason, ...(actor !== undefined && { actor }), ...more };
      const { rule, decided } = await withKeyNamed(key, () =>
        operate(api(), referenceOrId, name, decision, key),
      );
      out(`${plain(decided)}  [${rule}]`);
    });
  }
}

/** Where it is not known whether the decision arrived, says how to ask for the same one again. */
async function withKeyNamed<T>(key: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof ApiError) || (error.status !== undefined && error.status < 500)) throw error;
    const hint = `The same call with --key ${key} is the same decision, not a second one.`;
    throw new ApiError(`${error.message}\n${hint}`, error.status, { cause: error });
  }
}
