/** `portfolio-orders webhook …`: manages our webhook subscription at Upvest. */
import { InvalidArgumentError, type Command } from 'commander';
import type { UpvestClient } from '../../upvest/client/client';
import type { UpvestWebhook } from '../../upvest/model/schemas';
import {
  addressProblem,
  batchingOf,
  DEFAULT_BATCHING,
  ensureSubscription,
  isDelay,
  isPackageSize,
  isSameAddress,
  type Batching,
} from '../../upvest/webhooks/subscription';
import { print, withHelp, type CommandContext, type Environment } from '../command-context';
import { tableOf } from '../output/table';
import { sanitized } from '../output/text';
import { terminalJson } from '../output/json';

const BODY_EXCERPT_CHARACTERS = 200;

/** Adds the commands. They call Upvest, not our API. */
export function addWebhookCommands(program: Command, { out, configuration }: CommandContext): void {
  const webhook = program
    .command('webhook')
    .description("Manage the webhook subscription at Upvest, with the server's configuration.");

  const register = webhook
    .command('register')
    .argument('<url>', 'public URL of the server, with the path of the webhook')
    .description('Create or complete the webhook subscription, enable it and test it.')
    .option(
      '--delay <time>',
      `how long Upvest may collect events before it sends them, 1s to 30s; ${DEFAULT_BATCHING.delay} for a new webhook`,
      delayOf,
    )
    .option(
      '--max-package-size <bytes>',
      `size of a request, 100 to 1048576; ${DEFAULT_BATCHING.maxPackageSize} for a new webhook`,
      packageSizeOf,
    )
    .option('--json', 'as JSON')
    .action(async (url: string, options: RegisterOptions, command: Command) => {
      const { json, ...batching } = options;
      await withUpvest(configuration(), async (upvest, baseUrl) => {
        const problem = addressProblem(url, baseUrl);
        if (problem !== undefined) command.error(`error: ${problem}`);
        const subscribed = await ensureSubscription(upvest, url, batching);
        const { id, enabled, type } = subscribed;
        const caveat = enabled ? '' : ', but Upvest has not enabled it';
        if (json !== true) {
          out(`Webhook ${sanitized(id)} sends ${sanitized(type.join(', '))} to ${url}${caveat}.`);
          out(batchingText(batchingOf(subscribed)));
        }
        const report = await upvest.testWebhook(id);
        if (json === true) out(terminalJson({ webhook: subscribed, test: report }, 2));
        const sentence = successOf(report);
        if (json !== true) out(sentence);
      });
    });

  const list = webhook
    .command('list')
    .description('List the webhooks at Upvest.')
    .option('--json', 'as JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const webhooks = await withUpvest(configuration(), (upvest) => upvest.listWebhooks());
      print({ out }, json, webhooks, () => [webhookTable(webhooks)]);
    });

  const tested = webhook
    .command('test')
    .argument('<id or url>')
    .description("Have Upvest send a test event, and show the server's answer.")
    .option('--json', 'as JSON')
    .action(async (idOrUrl: string, { json }: { json?: boolean }) => {
      await withUpvest(configuration(), async (upvest) => {
        const { id } = await find(upvest, idOrUrl);
        const report = await upvest.testWebhook(id);
        if (json === true) out(terminalJson(report, 2));
        const sentence = successOf(report);
        if (json !== true) out(sentence);
      });
    });

  const deleted = webhook
    .command('delete')
    .argument('<id or url>')
    .description('Delete a webhook at Upvest, without confirmation.')
    .option('--json', 'the deleted webhook as JSON')
    .action(async (idOrUrl: string, { json }: { json?: boolean }) => {
      await withUpvest(configuration(), async (upvest) => {
        const found = await find(upvest, idOrUrl);
        const { id, url, title } = found;
        await upvest.deleteWebhook(id);
        const name = title === undefined ? '' : ` (${sanitized(title)})`;
        print({ out }, json, found, () => [
          `Deleted webhook ${sanitized(id)}${name}, which sent to ${sanitized(url)}.`,
        ]);
      });
    });

  const address = 'https://hooks.example.com/webhooks/upvest';
  const examples: [Command, args: string, meaning: string][] = [
    [register, `webhook register ${address}`, 'Once the server is reachable at this URL'],
    [list, 'webhook list', 'URLs, events, and whether each is enabled'],
    [tested, `webhook test ${address}`, 'Check that Upvest reaches the server'],
    [deleted, `webhook delete ${address}`, 'After a move to another URL'],
  ];
  for (const [command, args, meaning] of examples)
    withHelp(command, { needs: NEEDS, examples: [[args, meaning]] });
}

interface RegisterOptions extends Partial<Batching> {
  json?: boolean;
}

function delayOf(text: string): string {
  if (!isDelay(text)) throw new InvalidArgumentError('enter whole seconds from 1s to 30s, such as 5s');
  return text;
}

function packageSizeOf(text: string): number {
  const bytes = /^\d+$/.test(text) ? Number(text) : NaN;
  if (!isPackageSize(bytes))
    throw new InvalidArgumentError('enter a whole number of bytes from 100 to 1048576');
  return bytes;
}

function batchingText({ delay, maxPackageSize }: Partial<Batching>): string {
  const after = delay === undefined ? "Upvest's own delay" : sanitized(delay);
  const size = maxPackageSize === undefined ? "Upvest's own size" : `${maxPackageSize} bytes`;
  return `Requests leave after ${after} at the latest, and have up to ${size}.`;
}

const NEEDS = "the server's configuration, in the environment or in .env; no API token";

async function withUpvest<T>(
  environment: Environment,
  work: (upvest: UpvestClient, baseUrl: string) => Promise<T>,
): Promise<T> {
  // Loaded on demand: no other command needs these modules.
  const { readServerConfig } = await import('../../config/config.js');
  const { createUpvestClient } = await import('../../upvest/client/client.js');
  const { UNLEASED_PER_SECOND } = await import('../../upvest/client/leased-rate.js');
  const options = readServerConfig(environment).upvest;
  const upvest = createUpvestClient({ ...options, requestsPerSecond: UNLEASED_PER_SECOND });
  try {
    return await work(upvest, options.baseUrl);
  } finally {
    await upvest.close();
  }
}

/** @throws Error with a remedy unless exactly one webhook matches */
async function find(upvest: UpvestClient, idOrUrl: string): Promise<UpvestWebhook> {
  const fitting = (await upvest.listWebhooks()).filter(
    ({ id, url }) => id === idOrUrl || isSameAddress(url, idOrUrl),
  );
  const [webhook, ...others] = fitting;
  if (webhook === undefined) {
    throw new Error(
      `Upvest has no webhook with the id or URL ${idOrUrl}. List them with: portfolio-orders webhook list`,
    );
  }
  if (others.length > 0) {
    const ids = fitting.map(({ id }) => id).join(', ');
    throw new Error(`${fitting.length} webhooks send to ${idOrUrl}. Use an id instead: ${ids}.`);
  }
  return webhook;
}

type TestReport = Awaited<ReturnType<UpvestClient['testWebhook']>>;

/** @throws Error when the server did not acknowledge the test event (references/upvest.md#delivery-semantics) */
function successOf(report: TestReport): string {
  if (report === 'accepted')
    return 'Upvest sends a test event without reporting the answer. Check the log of the server.';
  const { status, body = '' } = report.response;
  if (status >= 200 && status < 300) return `The server answered ${status} to Upvest's test event.`;
  const excerpt = body === '' ? '' : ` ${sanitized(body).slice(0, BODY_EXCERPT_CHARACTERS)}`;
  throw new Error(
    `${report.url ?? 'The webhook'} answered ${status} to Upvest's test event, which is no success.${excerpt}\n` +
      'Upvest holds back all events until this succeeds. Check that the URL is that of the server, with the webhook path.',
  );
}

function webhookTable(webhooks: UpvestWebhook[]): string {
  if (webhooks.length === 0)
    return 'No webhooks at Upvest. Create one with: portfolio-orders webhook register <url>';
  return tableOf(
    ['id', 'enabled', 'url', 'events', 'delay', 'bytes', 'title'],
    webhooks.map(({ id, enabled, url, type, config, title = '' }) => [
      id,
      enabled ? 'yes' : 'no',
      url,
      type,
      config?.delay ?? '',
      String(config?.max_package_size ?? ''),
      title,
    ]),
  );
}
