/** `portfolio-orders webhook …`: our subscription at Upvest, managed by an operator. */
import type { Command } from 'commander';
import type { UpvestClient } from '../upvest/client';
import type { UpvestWebhook } from '../upvest/schemas';
import { addressProblem, ensureSubscription, isSameAddress } from '../upvest/subscription';
import { print, teach, type CommandContext, type Environment } from './command-context';
import { tableOf } from './table';
import { plain } from './text';

const BODY_EXCERPT_CHARACTERS = 200;

/** Adds the commands. They talk to Upvest, not to our API, and print with `out`, a line at a time. */
export function addWebhookCommands(program: Command, { out, configuration }: CommandContext): void {
  const webhook = program
    .command('webhook')
    .description('Manage the subscription at Upvest, with the configuration of the server.');

  const register = webhook
    .command('register')
    .argument('<url>', 'where Upvest can reach the server, with the path of the webhook')
    .description(
      'Subscribe the webhook, enable and test it; one that is there is kept, and gets what it lacks.',
    )
    .option('--json', 'as JSON')
    .action(async (url: string, { json }: { json?: boolean }, command: Command) => {
      await withUpvest(configuration(), async (upvest, baseUrl) => {
        const problem = addressProblem(url, baseUrl);
        if (problem !== undefined) command.error(`error: ${problem}`);
        const subscribed = await ensureSubscription(upvest, url);
        const { id, enabled, type } = subscribed;
        const but = enabled ? '' : ', but Upvest has not enabled it';
        if (json !== true) out(`Webhook ${plain(id)} sends ${plain(type.join(', '))} to ${url}${but}.`);
        const report = await upvest.testWebhook(id);
        if (json === true) out(JSON.stringify({ webhook: subscribed, test: report }, undefined, 2));
        const sentence = successOf(report);
        if (json !== true) out(sentence);
      });
    });

  const list = webhook
    .command('list')
    .description('Show the webhooks at Upvest.')
    .option('--json', 'as JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const webhooks = await withUpvest(configuration(), (upvest) => upvest.listWebhooks());
      print({ out }, json, webhooks, () => [webhookTable(webhooks)]);
    });

  const tested = webhook
    .command('test')
    .argument('<id or url>')
    .description('Have Upvest send a test event, and show what the server answered.')
    .option('--json', 'as JSON')
    .action(async (idOrUrl: string, { json }: { json?: boolean }) => {
      await withUpvest(configuration(), async (upvest) => {
        const { id } = await find(upvest, idOrUrl);
        const report = await upvest.testWebhook(id);
        if (json === true) out(JSON.stringify(report, undefined, 2));
        const sentence = successOf(report);
        if (json !== true) out(sentence);
      });
    });

  const deleted = webhook
    .command('delete')
    .argument('<id or url>')
    .description('Delete a webhook at Upvest, without asking back.')
    .option('--json', 'what was deleted, as JSON')
    .action(async (idOrUrl: string, { json }: { json?: boolean }) => {
      await withUpvest(configuration(), async (upvest) => {
        const found = await find(upvest, idOrUrl);
        const { id, url, title } = found;
        await upvest.deleteWebhook(id);
        const name = title === undefined ? '' : ` (${plain(title)})`;
        print({ out }, json, found, () => [
          `Deleted webhook ${plain(id)}${name}, which sent to ${plain(url)}.`,
        ]);
      });
    });

  const address = 'https://hooks.example.com/webhooks/upvest';
  const lessons: [Command, args: string, meaning: string][] = [
    [register, `webhook register ${address}`, 'Once, when the server can be reached there'],
    [list, 'webhook list', 'See which are enabled, and what they send'],
    [tested, `webhook test ${address}`, 'Does Upvest reach the server?'],
    [deleted, `webhook delete ${address}`, 'After a move to another address'],
  ];
  for (const [command, args, meaning] of lessons)
    teach(command, { needs: NEEDS, examples: [[args, meaning]] });
}

const NEEDS = 'the configuration of the server, in the environment or in .env; no API token';

async function withUpvest<T>(
  environment: Environment,
  work: (upvest: UpvestClient, baseUrl: string) => Promise<T>,
): Promise<T> {
  // Loaded here, since the other commands need neither and shall not wait for them.
  const { readServerConfig } = await import('../config.js');
  const { createUpvestClient } = await import('../upvest/client.js');
  const options = readServerConfig(environment).upvest;
  const upvest = createUpvestClient(options);
  try {
    return await work(upvest, options.baseUrl);
  } finally {
    await upvest.close();
  }
}

/** @throws Error whose message says what to do, unless exactly one fits */
async function find(upvest: UpvestClient, idOrUrl: string): Promise<UpvestWebhook> {
  const fitting = (await upvest.listWebhooks()).filter(
    ({ id, url }) => id === idOrUrl || isSameAddress(url, idOrUrl),
  );
  const [webhook, ...others] = fitting;
  if (webhook === undefined) {
    throw new Error(
      `Upvest has no webhook with the id or URL ${idOrUrl}. portfolio-orders webhook list shows those that it has.`,
    );
  }
  if (others.length > 0) {
    const ids = fitting.map(({ id }) => id).join(', ');
    throw new Error(`${fitting.length} webhooks send to ${idOrUrl}. Name one of them by its id: ${ids}.`);
  }
  return webhook;
}

type TestReport = Awaited<ReturnType<UpvestClient['testWebhook']>>;

/** @throws Error when the server did not answer the test event as Upvest needs it (upvest.md 5.4) */
function successOf(report: TestReport): string {
  if (report === 'accepted')
    return 'Upvest sends a test event and does not say what was answered: see the log of the server.';
  const { status, body = '' } = report.response;
  if (status >= 200 && status < 300) return `The test event of Upvest was answered with ${status}.`;
  const excerpt = body === '' ? '' : ` ${plain(body).slice(0, BODY_EXCERPT_CHARACTERS)}`;
  throw new Error(
    `The test event of Upvest to ${report.url ?? 'the webhook'} was answered with ${status}, which is no success.${excerpt}\n` +
      'Until that changes Upvest holds back every event. Does the URL lead to the server, with the path of its webhook?',
  );
}

function webhookTable(webhooks: UpvestWebhook[]): string {
  if (webhooks.length === 0)
    return 'Upvest has no webhooks. portfolio-orders webhook register <url> makes one.';
  return tableOf(
    ['id', 'enabled', 'url', 'events', 'title'],
    webhooks.map(({ id, enabled, url, type, title = '' }) => [id, enabled ? 'yes' : 'no', url, type, title]),
  );
}
