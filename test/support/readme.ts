/** The shell commands in the README. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

export interface Step {
  number: number;
  /** In order, each on one line. */
  commands: string[];
}

const README = readFileSync(resolve(__dirname, '../../README.md'), 'utf8');

/** The numbered steps below a heading, with their `sh` blocks. */
export function stepsUnder(heading: string, markdown = README): Step[] {
  const [, rest = ''] = markdown.split(`\n## ${heading}\n`);
  const [section = ''] = rest.split('\n## ');
  return section
    .split(/^(?=\d+\. )/m)
    .slice(1)
    .map((text) => ({ number: Number.parseInt(text, 10), commands: commandsIn(text) }));
}

/** Lines of the `sh` blocks of a text, with continued lines joined; comments are left out. */
export function commandsIn(markdown: string): string[] {
  const blocks = [...markdown.matchAll(/^ *```sh\n([^]*?)^ *```$/gm)].map(([, block = '']) => block);
  return blocks.flatMap((block) =>
    block
      .replace(/\\\n */g, '')
      .split('\n')
      .map((line) => line.replace(/ +# .*$/, '').trim())
      .filter((line) => line !== '' && !line.startsWith('#')),
  );
}
