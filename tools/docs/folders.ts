/** The picture of the folders in `docs/architecture.md`, from the imports. A test fails when it is out of date. */
import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { mermaid } from './markdown';

const ROOTS = ['contracts', 'workflows', 'activities', 'src', 'simulators', 'demo', 'tools'];
const START = '<!-- folders: made by `npm run docs` from the imports -->';
const END = '<!-- /folders -->';

interface Module {
  source: string;
  dependencies: { resolved: string }[];
}

type Edges = ReadonlyMap<string, ReadonlySet<string>>;

/** The text with the current picture between its marks. @throws Error if the marks are missing */
export function withFolders(text: string, root: string): string {
  const [before, after] = [text.indexOf(START), text.indexOf(END)];
  if (before === -1 || after < before) throw new Error(`There are no ${START} and ${END}`);
  const picture = mermaid(['flowchart TD', ...lines(withoutDetours(edgesOf(importsIn(root))))]);
  return `${text.slice(0, before)}${START}\n\n${picture}\n\n${text.slice(after)}`;
}

function importsIn(root: string): Module[] {
  const program = resolve(root, 'node_modules/.bin/depcruise');
  const args = ['--config', '.dependency-cruiser.cjs', '--output-type', 'json', ...ROOTS];
  const output = execFileSync(program, args, { cwd: root, maxBuffer: 64 * 1024 * 1024 });
  return (JSON.parse(output.toString()) as { modules: Module[] }).modules;
}

/** The box of a file: each folder of `src` is one, the other roots are one each. Undefined for files of packages. */
function folderOf(path: string): string | undefined {
  const [first = '', second = ''] = path.split('/');
  if (!ROOTS.includes(first)) return undefined;
  if (first !== 'src') return first;
  return second.endsWith('.ts') ? 'src/server, src/worker' : `src/${second}`;
}

function edgesOf(modules: Module[]): Edges {
  const edges = new Map<string, Set<string>>();
  for (const { source, dependencies } of modules) {
    const from = folderOf(source);
    for (const { resolved } of dependencies) {
      const to = folderOf(resolved);
      if (from === undefined || to === undefined || from === to) continue;
      edges.set(from, (edges.get(from) ?? new Set()).add(to));
    }
  }
  return edges;
}

/** Leaves out each arrow that follows from others: the picture shows which folder is above which. */
function withoutDetours(edges: Edges): Edges {
  const reaches = (from: string, to: string, direct = false): boolean =>
    [...(edges.get(from) ?? [])].some((next) => (next === to ? !direct : reaches(next, to)));
  return new Map(
    [...edges].map(([from, all]) => [from, new Set([...all].filter((to) => !reaches(from, to, true)))]),
  );
}

function lines(edges: Edges): string[] {
  const names = [...new Set([...edges].flatMap(([from, all]) => [from, ...all]))].sort();
  const idOf = (name: string): string => `f${names.indexOf(name)}`;
  return [
    ...names.map((name) => `  ${idOf(name)}["${name}"]`),
    ...names.flatMap((from) =>
      [...(edges.get(from) ?? [])].sort().map((to) => `  ${idOf(from)} --> ${idOf(to)}`),
    ),
  ];
}
