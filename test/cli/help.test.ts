/** Help teaches: what it shows can be typed, and `docs/cli.md` says the same. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { CommanderError, type Command } from 'commander';
import { EXIT_MEANINGS } from '../../src/cli/client/problem';
import { createProgram } from '../../src/cli/program';
import { commandsOf, helpOf, withReference } from '../../tools/docs/cli-reference';

const newProgram = (): Command =>
  createProgram({ out: () => undefined, connect: () => Promise.reject(new Error('unexpected request')) });
const page = readFileSync(resolve(__dirname, '../../docs/cli.md'), 'utf8');

/** The words of a line as a shell would pass them on, up to what is not for the program any more. */
function wordsOf(line: string): string[] {
  const words: string[] = [];
  for (const [word] of line.matchAll(/'[^']*'|\S+/g)) {
    if (/^(\||>|>>|#)$/.test(word)) break;
    words.push(word.startsWith("'") ? word.slice(1, -1) : word);
  }
  return words.slice(1);
}

/** Runs what a line says but for the commands' own work; rejects for wrong usage. */
async function parse(line: string): Promise<void> {
  const program = newProgram().configureOutput({ writeErr: () => undefined });
  for (const { command } of commandsOf(program)) {
    command.configureOutput({ writeErr: () => undefined }).action(() => undefined);
  }
  await program.parseAsync(wordsOf(line), { from: 'user' });
}

const commands = commandsOf(newProgram());

it.each(commands.map(({ name, command }) => [name, command] as const))(
  '%s says what it needs, with examples',
  (name, command) => {
    const help = helpOf(command);
    expect(help).toMatch(/\nNeeds: \S/);
    expect(help).toMatch(new RegExp(`\\n    \\$ portfolio-orders ${name}\\b`));
  },
);

const shown = commands.flatMap(({ command }) =>
  [...helpOf(command).matchAll(/^ +\$ (portfolio-orders .*)$/gm)].map(([, line = '']) => line),
);
const documented = [...page.matchAll(/^(?: +\$ )?(portfolio-orders .*?(?:\\\n.*)?)$/gm)].map(
  ([, line = '']) => line.replace('\\\n', ' '),
);

it.each([...new Set([...shown, ...documented])])('(%s) can be typed', async (line) => {
  await expect(parse(line)).resolves.toBeUndefined();
});

it('has such lines, and knows wrong ones', async () => {
  expect(shown.length).toBeGreaterThan(25);
  expect(documented.length).toBeGreaterThan(8);
  await expect(parse("portfolio-orders cancel my-first --raeson 'x'")).rejects.toThrow(CommanderError);
});

it('every command that prints takes --json', () => {
  const without = commands.filter(({ command }) => !command.options.some(({ long }) => long === '--json'));
  expect(without.map(({ name }) => name)).toEqual(['records export', 'completion']);
});

it('docs/cli.md has the reference as the commands have it', () => {
  expect(withReference(page)).toBe(page);
});

it('docs/cli.md and the help say the same of exit codes', () => {
  const rows = [...page.matchAll(/^\| (\d) +\| (.*?) +\|$/gm)].map(([, code, meaning]) => [
    Number(code),
    meaning,
  ]);
  expect(rows).toEqual(EXIT_MEANINGS);
  let help = '';
  newProgram()
    .configureOutput({ writeOut: (text) => void (help += text) })
    .outputHelp();
  for (const [code, meaning] of EXIT_MEANINGS) expect(help).toContain(`${code} ${meaning}`);
});
