/** `portfolio-orders doctor`. */
import { styleText } from 'node:util';
import { InvalidArgumentError, Option, type Command } from 'commander';
import type { CheckResult, ProcessName } from '../../doctor';
import { withHelp, type CommandContext, type GlobalOptions } from '../command-context';
import { EXIT } from '../client/problem';
import { sanitized } from '../output/text';
import { terminalJson } from '../output/json';

interface DoctorCommandOptions {
  process: ProcessName | 'both';
  webhookUrl?: string;
  timeout: number;
  json?: boolean;
}

const AREA_WIDTH = 14;
const NAME_WIDTH = 13;
const RESULT_LABELS = { ok: 'ok', failed: 'FAILED', 'not-checked': 'not checked' } as const;
const RESULT_WIDTH = 11;
const COLOURS = { ok: 'green', failed: 'red', 'not-checked': 'yellow' } as const;

function seconds(text: string): number {
  const value = Number(text);
  if (!/^\d+(\.\d+)?$/.test(text) || value <= 0 || value > 60)
    throw new InvalidArgumentError('enter seconds, at most 60');
  return value;
}

export function addDoctorCommand(
  program: Command,
  { out, apiToken, configuration, endWith }: CommandContext,
): void {
  const command = program
    .command('doctor')
    .description(
      'Check everything that the coordinator needs, without changing anything, and say how to fix each problem.',
    )
    .addOption(
      new Option('--process <name>', 'process whose configuration to check')
        .choices(['both', 'worker', 'server'])
        .default('both'),
    )
    .option('--webhook-url <url>', 'public URL of the webhook (default: any URL with its path)')
    .option('--timeout <seconds>', 'time limit of each check', seconds, 10)
    .option('--json', 'as JSON')
    .action(async ({ process: name, webhookUrl, timeout, json }: DoctorCommandOptions) => {
      const { url, direct } = program.opts<GlobalOptions>();
      const token = direct === true ? undefined : apiToken();
      const { runChecks } = await import('../../doctor/index.js');
      const checks = await runChecks({
        environment: configuration(),
        processes: name === 'both' ? ['worker', 'server'] : [name],
        timeoutMs: timeout * 1000,
        ...(direct !== true && { api: { url, ...(token !== undefined && { token }) } }),
        ...(webhookUrl !== undefined && { webhookUrl }),
      });
      const isHealthy = checks.every(({ result }) => result !== 'failed');
      if (json === true) out(terminalJson({ ok: isHealthy, checks }, 2));
      else doctorLines(checks).forEach(out);
      if (!isHealthy) endWith(EXIT.failed);
    });
  withHelp(command, {
    needs: 'the configuration to check, of worker and server, in the environment or in .env',
    examples: [
      ['doctor', 'Run all checks; ends with 0 if none fails'],
      ['doctor --process worker --direct', 'On a machine that runs only the worker'],
      ['doctor --json | jq \'.checks[] | select(.result == "failed")\'', 'The failed checks, in a script'],
    ],
    notes: ['Places, sends and changes nothing, and prints no secrets.'],
  });
}

/** One line per check, with the remedy below each failure. */
export function doctorLines(checks: CheckResult[]): string[] {
  const lines = checks.flatMap((check) => {
    const { area, name, result, detail } = check;
    const [first = '', ...more] = detail.split('\n').map(sanitized);
    const indent = ' '.repeat(RESULT_WIDTH + 2);
    const head = [
      styleText(COLOURS[result], RESULT_LABELS[result].padEnd(RESULT_WIDTH)),
      area.padEnd(AREA_WIDTH),
      name.padEnd(NAME_WIDTH),
      first,
    ].join('  ');
    const below = ' '.repeat(RESULT_WIDTH + AREA_WIDTH + NAME_WIDTH + 6);
    return [
      head,
      ...more.map((line) => `${below}${line}`),
      ...(check.result === 'failed' ? [`${indent}→ ${sanitized(check.remedy)}`] : []),
    ];
  });
  const failures = checks.filter(({ result }) => result === 'failed').length;
  const unchecked = checks.filter(({ result }) => result === 'not-checked').length;
  const result = failures === 0 ? 'No check failed' : `${failures} of ${checks.length} checks failed`;
  return [...lines, '', unchecked === 0 ? `${result}.` : `${result}; ${unchecked} skipped.`];
}
