/** The public names of the product. Texts are omitted: they may be reworded, names may not. */
import type { Command } from 'commander';
import { createProgram } from '../../src/cli/program';
import { VARIABLES } from '../../src/config/config';
import { ACTIONS } from '../../src/domain/order-state/actions';
import { ATTENTION_CODES } from '../../src/domain/operator/attention-codes';
import { FINDING_CODES } from '../../src/domain/findings/codes';
import { createMetrics } from '../../src/telemetry/metrics';
import { requiredSearchAttributes } from '../../contracts/search-attributes';
import * as workflows from '../../workflows';
import * as decisions from '../../contracts/decisions';
import * as parkedEvent from '../../contracts/parked-event';
import * as placement from '../../contracts/placement';
import * as portfolioOrder from '../../contracts/portfolio-order';
import { PROBLEM_STATUS } from '../../src/http/plugins/problem-status';

/** OpenAPI keywords whose values are texts or examples. */
const TEXTS = new Set(['description', 'summary', 'example', 'examples', 'title', 'info', 'servers']);

export async function publicNames(openapi: unknown): Promise<object> {
  const { text } = await createMetrics({ processName: 'server' }).expose();
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
      placement.placementWorkflowId('reference'),
      portfolioOrder.portfolioOrderWorkflowId('id'),
      parkedEvent.parkedEventWorkflowId('event', 'hash'),
    ],
    rules: ACTIONS.map(({ id }) => id),
    findings: [...FINDING_CODES],
    attentions: [...ATTENTION_CODES],
    metrics: text.split('\n').filter((line) => line.startsWith('# TYPE')),
    problems: Object.entries(PROBLEM_STATUS).map(([code, status]) => `${code} ${status}`),
  };
}

/** Removes texts, but keeps properties that happen to have the name of a keyword. */
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
  return [decisions, parkedEvent, placement, portfolioOrder]
    .flatMap((contract) => Object.values<unknown>(contract))
    .flatMap((one) =>
      typeof one === 'object' && one !== null && 'name' in one && 'type' in one
        ? [`${String(one.type)} ${String(one.name)}`]
        : [],
    )
    .sort();
}
