/** `portfolio-orders webhook …`: our subscription at Upvest, managed by an operator. */
import Table from 'cli-table3';
import type { Command } from 'commander';
import { readServerConfig } from '../config';
import type { UpvestClient } from '../upvest/client';
import { createUpvestClient } from '../upvest/client';
import type { UpvestWebhook } from '../upvest/schemas';
import { addressProblem, ensureSubscription, isSameAddress } from '../upvest/subscription';

const BODY_EXCERPT_CHARACTERS = 200;

/** Adds the commands. They talk to Upvest, not to our API, and print with `out`, a line at a time. */
export function addWebhookCommands(program: Command, out: (line: string) => void): void {
  const webhook = program
    .command('webhook')
    .description(
      'Manage the subscription at Upvest; reads the configuration of the server from the environment.',
    );

  webhook
    .command('register')
    .argument('<url>', 'where Upvest can reach the server, with the path of the webhook')
    .description(
      'Subscribe the webhook, enable and test it; one that is there is kept, and gets what it lacks.',
    )
    .action(async (url: string, _options: object, command: Command) => {
      await withUpvest(async (upvest, baseUrl) => {
        const problem = addressProblem(url, baseUrl);
        if (problem !== undefined) command.error(`error: ${problem}`);
        const { id, enabled, type } = await ensureSubscription(upvest, url);
        const but = enabled ? '' : ', but Upvest has not enabled it';
        out(`Webhook ${id} sends ${type.join(', ')} to ${url}${but}.`);
        out(await test(upvest, id));
      });
    });

  webhook
    .command('list')
    .description('Show the webhooks at Upvest.')
    .option('--json', 'as JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const webhooks = await withUpvest((upvest) => upvest.listWebhooks());
      out(json === true ? JSON.stringify(webhooks, undefined, 2) : tableOf(webhooks));
    });

  webhook
    .command('test')
    .argument('<id or url>')
    .description('Have Upvest send a test event, and show what the server answered.')
    .action(async (idOrUrl: string) => {
      await withUpvest(async (upvest) => {
        const { id } = await find(upvest, idOrUrl);
        out(await test(upvest, id));
      });
    });

  webhook
    .command('delete')
    .argument('<id or url>')
    .description('Delete a webhook at Upvest, without asking back.')
    .action(async (idOrUrl: string) => {
      await withUpvest(async (upvest) => {
        const { id, url, title } = await find(upvest, idOrUrl);
        await upvest.deleteWebhook(id);
        out(`Deleted webhook ${id}${title === undefined ? '' : ` (${title})`}, which sent to ${url}.`);
      });
    });
}

async function withUpvest<T>(work: (upvest: UpvestClient, baseUrl: string) => Promise<T>): Promise<T> {
  const options = readServerConfig(process.env).upvest;
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

/** @throws Error when the server did not answer the test event as Upvest needs it (upvest.md 5.4) */
async function test(upvest: UpvestClient, id: string): Promise<string> {
  const report = await upvest.testWebhook(id);
  if (report === 'accepted')
    return 'Upvest sends a test event and does not say what was answered: see the log of the server.';
  const { status, body = '' } = report.response;
  if (status >= 200 && status < 300) return `The test event of Upvest was answered with ${status}.`;
  const excerpt = body === '' ? '' : ` ${body.slice(0, BODY_EXCERPT_CHARACTERS)}`;
  throw new Error(
    `The test event of Upvest to ${report.url ?? 'the webhook'} was answered with ${status}, which is no success.${excerpt}\n` +
      'Until that changes Upvest holds back every event. Does the URL lead to the server, with the path of its webhook?',
  );
}

function tableOf(webhooks: UpvestWebhook[]): string {
  if (webhooks.length === 0)
    return 'Upvest has no webhooks. portfolio-orders webhook register <url> makes one.';
  const table = new Table({
    head: ['id', 'enabled', 'url', 'events', 'title'],
    style: { head: [], border: [] },
  });
  for (const { id, enabled, url, type, title = '' } of webhooks)
    table.push([id, enabled ? 'yes' : 'no', url, type.join('\n'), title]);
  return table.toString();
}
