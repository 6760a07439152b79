/**
 * Everything that others build on by name. Texts are left out: they may be reworded, names may not.
 */
import type { Command } from 'commander';
import { createProgram } from '../../src/cli/program';
import { VARIABLES } from '../../src/config';
import { ACTS } from '../../src/domain/acts';
import { ATTENTION_CODES } from '../../src/domain/attention';
import { FINDING_CODES } from '../../src/domain/finding-codes';
import { createServerMetrics } from '../../src/http/metrics';
import { PROBLEMS } from '../../src/http/problem-codes';
import { requiredSearchAttributes } from '../../src/temporal/search-attributes';
import * as workflows from '../../workflows';
import * as messages from '../../workflows/messages';

/** What a person reads, and what only examples say. */
const TEXTS = new Set(['description', 'summary', 'example', 'examples', 'title', 'info', 'servers']);

export async function publicNames(openapi: unknown): Promise<object> {
  const { text } = await createServerMetrics().expose();
  return {
    openapi: withoutTexts(openapi),
    commands: commandsOf(
      createProgram({ out: () => undefined, connect: () => Promise.reject(new Error('not connected')) }),
    ),
    variables: VARIABLES,
    searchAttributes: requiredSearchAttributes.map(({ name, type }) => `${name} ${type}`),
    workflowTypes: Object.keys(workflows).sort(),
    messages: messageNames(),
    workflowIds: [
      messages.placementWorkflowId('reference'),
      messages.portfolioOrderWorkflowId('id'),
      messages.parkedEventWorkflowId('event', 'hash'),
    ],
    rules: ACTS.map(({ id }) => id),
    findings: [...FINDING_CODES],
    attentions: [...ATTENTION_CODES],
    metrics: text.split('\n').filter((line) => line.startsWith('# TYPE')),
    problems: Object.entries(PROBLEMS).map(([code, { status }]) => `${code} ${status}`),
  };
}

/** Names of properties are kept even where they are called as a text is. */
function withoutTexts(part: unknown, areNames = false): unknown {
  if (Array.isArray(part)) return part.map((one) => withoutTexts(one));
  if (typeof part !== 'object' || part === null) return part;
  return Object.fromEntries(
    Object.entries(part)
      .filter(([name]) => areNames || !TEXTS.has(name))
      .map(([name, value]) => [name, withoutTexts(value, name === 'properties' && !areNames)]),
  );
}

function commandsOf(command: Command, path = ''): string[] {
  const name = `${path} ${command.name()}`.trim();
  const aliases = command.aliases().map((alias) => `alias ${alias}`);
  const args = command.registeredArguments.map((one) => `${one.required ? '<>' : '[]'} ${one.name()}`);
  const options = command.options.map(({ flags, envVar, mandatory }) =>
    [flags, ...(mandatory ? ['mandatory'] : []), ...(envVar === undefined ? [] : [envVar])].join(' '),
  );
  return [
    ...[...aliases, ...args, ...options].map((one) => `${name}: ${one}`),
    name,
    ...command.commands.flatMap((sub) => commandsOf(sub, name)),
  ];
}

function messageNames(): string[] {
  return Object.values(messages)
    .flatMap((one) =>
      typeof one === 'object' && 'name' in one && 'type' in one ? [`${one.type} ${one.name}`] : [],
    )
    .sort();
}
