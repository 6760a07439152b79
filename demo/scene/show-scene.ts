/** `npm start -- --scene`: orders in every kind of trouble, and a line for each attention as it appears. */
import { randomUUID } from 'node:crypto';
import { styleText } from 'node:util';
import { playScene, rolesOf, type Appearance, type Role, type SceneResult } from './scene';
import type { Shown } from '../first-order';
import type { Stack } from '../stack';
import { tableOf } from '../../src/cli/output/table';

const LIMIT_MS = 120_000;

interface SceneTerminal {
  out: (line: string) => void;
  interrupted: Promise<unknown>;
  /** Time limit of the wait for the attentions. Default: two minutes. */
  limitMs?: number;
}

/** @returns undefined if interrupted */
export async function showScene(
  stack: Stack,
  { out, interrupted, limitMs = LIMIT_MS }: SceneTerminal,
): Promise<Shown | undefined> {
  const suffix = randomUUID().slice(0, 4);
  const roles = rolesOf(suffix);
  out('Each of these orders and events runs into trouble:');
  out(tableOf(['order or event', 'what happens', 'attention'], roles.map(rowOf)));
  out(`\nThe attentions appear within two minutes. Their pages ask for a token: ${stack.tokens.operate}\n`);

  const stop = new AbortController();
  void interrupted.then(() => {
    stop.abort();
  });
  const result = await playScene(stack, {
    suffix,
    limitMs,
    signal: stop.signal,
    onAppearance: (appearance) => {
      out(tick(appearance));
    },
    onFailure: ({ reference }, error) => {
      out(`${CROSS}  ${reference}: ${error instanceof Error ? error.message : String(error)}`);
    },
  });
  if (stop.signal.aborted) return undefined;
  for (const line of resultLines(result)) out(line);
  return { asExpected: result.missing.length === 0 };
}

/** Says that every attention has appeared, or which have not. */
export function resultLines({ appeared, missing, tookMs }: SceneResult): string[] {
  const after = `${(tookMs / 1000).toFixed(1)} s`;
  if (missing.length === 0) return ['', `All ${appeared.length} attentions shown after ${after}.`, ''];
  const expected = appeared.length + missing.length;
  return [
    '',
    `${missing.length} of ${expected} attentions have not appeared after ${after}:`,
    ...missing.map(({ code, reference }) => `${CROSS}  ${code}  ${reference}`),
    '',
  ];
}

function rowOf({ situation: { description, shows }, reference }: Role): string[][] {
  return [[reference], wrapped(description), [...shows]];
}

function tick({ afterMs, code, reference, url }: Appearance): string {
  const time = `${(afterMs / 1000).toFixed(1)} s`.padStart(7);
  return `${TICK} ${time}  ${code.padEnd(CODE_WIDTH)}  ${reference.padEnd(REFERENCE_WIDTH)}  ${url}`;
}

const TICK = styleText('green', '✓');
const CROSS = styleText('red', '✗');
const CODE_WIDTH = 'IMPLAUSIBLE_SETTLEMENT_DATE'.length;
const REFERENCE_WIDTH = 'mistrade-after-the-end-0000'.length;
const LINE_WIDTH = 60;

/** As the lines of a table cell. */
function wrapped(text: string): string[] {
  return text.split(' ').reduce<string[]>((lines, word) => {
    const line = lines.at(-1);
    if (line === undefined || line.length + word.length >= LINE_WIDTH) return [...lines, word];
    return [...lines.slice(0, -1), `${line} ${word}`];
  }, []);
}
