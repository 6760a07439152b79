/** `portfolio-orders doctor`. */
import { styleText } from 'node:util';
import { InvalidArgumentError, Option, type Command } from 'commander';
import type { CheckResult, ProcessName } from '../doctor';
import { teach, type CommandContext } from './command-context';
import { EXIT } from './orders-problem';
import type { GlobalOptions } from './program';
import { plain } from './text';

interface DoctorCommandOptions {
  process: ProcessName | 'both';
  webhookUrl?: string;
  timeout: number;
  json?: boolean;
}

const AREA_WIDTH = 14;
const NAME_WIDTH = 13;
const WORDS = { ok: 'ok', failed: 'FAILED', 'not-checked': 'not checked' } as const;
const WORD_WIDTH = 11;
const COLOURS = { ok: 'green', failed: 'red', 'not-checked': 'yellow' } as const;

function seconds(text: string): number {
  const value = Number(text);
  if (!/^\d+(\.\d+)?$/.test(text) || value <= 0 || value > 60)
    throw new InvalidArgumentError('seconds are expected, at most 60');
  return value;
}

export function addDoctorCommand(
  program: Command,
  { out, apiToken, configuration, endWith }: CommandContext,
): void {
  const command = program
    .command('doctor')
    .description(
      'Look at everything that the coordinator needs, change nothing, and say what to do about what is wrong.',
    )
    .addOption(
      new Option('--process <name>', 'whose configuration is expected here')
        .choices(['both', 'worker', 'server'])
        .default('both'),
    )
    .option('--webhook-url <url>', 'where Upvest reaches the webhook (default: any address with its path)')
    .option('--timeout <seconds>', 'of each look', seconds, 10)
    .option('--json', 'as JSON')
    .action(async ({ process: name, webhookUrl, timeout, json }: DoctorCommandOptions) => {
      const { url, direct } = program.opts<GlobalOptions>();
      const token = direct === true ? undefined : apiToken();
      const { examineAll } = await import('../doctor/index.js');
      const checks = await examineAll({
        environment: configuration(),
        processes: name === 'both' ? ['worker', 'server'] : [name],
        timeoutMs: timeout * 1000,
        ...(direct !== true && { api: { url, ...(token !== undefined && { token }) } }),
        ...(webhookUrl !== undefined && { webhookUrl }),
      });
      const isWell = checks.every(({ result }) => result !== 'failed');
      if (json === true) out(JSON.stringify({ ok: isWell, checks }, undefined, 2));
      else doctorLines(checks).forEach(out);
      if (!isWell) endWith(EXIT.failed);
    });
  teach(command, {
    needs:
      'the configuration of worker and server, in the environment or in .env, as far as it is to be looked at',
    examples: [
      ['doctor', 'Look at all of it; ends with 0 only when nothing has failed'],
      ['doctor --process worker --direct', 'On a machine that runs the worker alone'],
      ['doctor --json | jq \'.checks[] | select(.result == "failed")\'', 'What has failed, in a script'],
    ],
    notes: ['Nothing is placed, sent or changed anywhere, and no secret is printed.'],
  });
}

/** One line for each look, with what to do under what has failed. */
export function doctorLines(checks: CheckResult[]): string[] {
  const lines = checks.flatMap((check) => {
    const { area, name, result, detail } = check;
    const [first = '', ...more] = detail.split('\n').map(plain);
    const indent = ' '.repeat(WORD_WIDTH + 2);
    const head = [
      styleText(COLOURS[result], WORDS[result].padEnd(WORD_WIDTH)),
      area.padEnd(AREA_WIDTH),
      name.padEnd(NAME_WIDTH),
      first,
    ].join('  ');
    const below = ' '.repeat(WORD_WIDTH + AREA_WIDTH + NAME_WIDTH + 6);
    return [
      head,
      ...more.map((line) => `${below}${line}`),
      ...(check.result === 'failed' ? [`${indent}→ ${plain(check.remedy)}`] : []),
    ];
  });
  const failures = checks.filter(({ result }) => result === 'failed').length;
  const unchecked = checks.filter(({ result }) => result === 'not-checked').length;
  const verdict = failures === 0 ? 'Nothing has failed' : `${failures} of ${checks.length} looks have failed`;
  return [...lines, '', unchecked === 0 ? `${verdict}.` : `${verdict}; ${unchecked} could not be taken.`];
}
