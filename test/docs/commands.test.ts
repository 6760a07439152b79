/** Commands in the documents: they use one name, they parse, and they put no secret on a command line. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { CommanderError } from 'commander';
import { createProgram } from '../../src/cli/program';
import { commandsOf, helpOf } from '../../tools/docs/cli-reference';
import { commandsIn } from '../support/readme';

const root = resolve(__dirname, '../..');
const under = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((file) => `${folder}/${file}`);
const read = (file: string): string => readFileSync(join(root, file), 'utf8');

const pages = ['README.md', 'CONTRIBUTING.md', ...[...under('docs'), ...under('src')].filter(isPage)];
function isPage(file: string): boolean {
  return file.endsWith('.md');
}
const scripts = under('deploy').filter((file) => file.endsWith('.sh'));
const documents = [...pages, ...scripts, '.env.example', 'docker-compose.yml', 'deploy/Dockerfile'];

const newProgram = () =>
  createProgram({ out: () => undefined, connect: () => Promise.reject(new Error('no connection')) });
const examples = commandsOf(newProgram()).map(
  ({ name, command }) => [`the help of ${name}`, helpOf(command)] as const,
);

const A_TOKEN_IN_SIGHT = /--token[ =](?!<)/;

it.each([...documents.map((file) => [file, read(file)] as const), ...examples])(
  '%s puts no token on a command line',
  (_name, text) => {
    expect(text).not.toMatch(A_TOKEN_IN_SIGHT);
  },
);

it('a token on a command line would be noticed', () => {
  expect('portfolio-orders --token $OPERATOR cancel my-second').toMatch(A_TOKEN_IN_SIGHT);
  expect('portfolio-orders --token=abc list').toMatch(A_TOKEN_IN_SIGHT);
  expect('portfolio-orders --token-file me.token list').not.toMatch(A_TOKEN_IN_SIGHT);
  expect(documents.length).toBeGreaterThan(12);
});

it.each(pages)('%s calls the command line by one name', (file) => {
  expect(read(file)).not.toMatch(/npm run cli|npx portfolio-orders|cli\/main\.js/);
});

const typed = pages.flatMap((file) =>
  commandsIn(read(file))
    .filter((line) => /(^|[ (])portfolio-orders /.test(line) && !line.startsWith('source '))
    .map((line) => [file, line] as const),
);

/** The line with its placeholders filled in. */
function meant(line: string): string {
  return line.replaceAll(/<[^>]*>/g, 'something');
}

/** As a shell would pass them on. */
function argumentsIn(line: string): string[] {
  const [, behind = ''] = /(?:^|[ (])portfolio-orders (.*)$/.exec(line) ?? [];
  const words: string[] = [];
  for (const [word] of meant(behind).matchAll(/'[^']*'|[^\s)]+/g)) {
    if (/^[|>]/.test(word)) break;
    words.push(word.startsWith("'") ? word.slice(1, -1) : word);
  }
  return words;
}

async function parse(line: string): Promise<void> {
  const program = newProgram().configureOutput({ writeErr: () => undefined });
  for (const { command } of commandsOf(program))
    command.configureOutput({ writeErr: () => undefined }).action(() => undefined);
  await program.parseAsync(argumentsIn(line), { from: 'user' });
}

it.each(typed)('%s: (%s) can be typed', async (_file, line) => {
  await expect(parse(line)).resolves.toBeUndefined();
});

it('there are such lines, and a wrong one fails', async () => {
  expect(typed.length).toBeGreaterThan(20);
  await expect(parse('(umask 077; portfolio-orders token create --nam me > x)')).rejects.toThrow(
    CommanderError,
  );
});

describe('files that the documents have people make', () => {
  const made = pages.flatMap((file) =>
    commandsIn(read(file)).flatMap((line) =>
      [...meant(line).matchAll(/(?:> |-out |--file |^\(umask 077; cp \S+ )([\w./-]+)/g)].map(
        ([, name = '']) => name,
      ),
    ),
  );
  let repository: string;
  const git = (...args: string[]): number | null => spawnSync('git', args, { cwd: repository }).status;
  beforeAll(() => {
    repository = mkdtempSync(join(tmpdir(), 'portfolio-order-coordinator-ignored-'));
    git('init', '--quiet');
    copyFileSync(join(root, '.gitignore'), join(repository, '.gitignore'));
  });
  afterAll(() => {
    rmSync(repository, { recursive: true });
  });

  it('are keys, tokens and configuration', () => {
    expect([...new Set(made)]).toEqual(
      expect.arrayContaining(['upvest.key', 'tokens.json', 'me.token', '.env', 'ada.token']),
    );
  });

  it.each([...new Set(made)])('%s is ignored by Git', (file) => {
    expect(git('check-ignore', '--quiet', file)).toBe(0);
  });

  it('other files are not', () => {
    expect(git('check-ignore', '--quiet', 'README.md')).toBe(1);
  });

  it.each(['**/*.key', '**/*.token', '**/tokens.json*', '.env'])('%s stays out of the image', (pattern) => {
    expect(read('.dockerignore').split('\n')).toContain(pattern);
  });
});
