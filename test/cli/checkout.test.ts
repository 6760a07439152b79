/** `bin/portfolio-orders`: the command in a checkout. Here `npm` and the program are stand-ins. */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const script = resolve(__dirname, '../../bin/portfolio-orders');

/** Prints what it is given, and ends with a code that nothing else ends with. */
const PROGRAM = 'process.stdout.write(JSON.stringify(process.argv.slice(2))); process.exitCode = 42;';
/** Notes its arguments, says something, and builds, unless $FAIL is set. */
const NPM = `#!/bin/sh
echo "$*" >> "$PLACE/npm.log"
echo 'from the build'
[ -z "$FAIL" ] || exit 3
mkdir -p "$PLACE/dist/src/cli"
cp "$PLACE/program.js" "$PLACE/dist/src/cli/main.js"
touch "$PLACE/dist/workflow-bundle.js"
`;

let place: string;
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'portfolio-order-coordinator command-'));
  for (const folder of ['bin', 'node_modules', 'stubs', 'elsewhere']) mkdirSync(join(place, folder));
  cpSync(script, join(place, 'bin/portfolio-orders'));
  writeFileSync(join(place, 'program.js'), PROGRAM);
  writeFileSync(join(place, 'stubs/npm'), NPM);
  chmodSync(join(place, 'stubs/npm'), 0o755);
});
afterEach(() => {
  rmSync(place, { recursive: true });
});

interface Ended {
  status: number | null;
  stdout: string;
  stderr: string;
}

function run(args: string[] = [], { command = join(place, 'bin/portfolio-orders'), fail = '' } = {}): Ended {
  const PATH = `${join(place, 'stubs')}:${process.env.PATH ?? ''}`;
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd: join(place, 'elsewhere'),
    env: { PATH, PLACE: place, FAIL: fail },
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

const builds = (): string[] =>
  existsSync(join(place, 'npm.log')) ? readFileSync(join(place, 'npm.log'), 'utf8').trim().split('\n') : [];

it('builds where there is no build, says so in one line, and keeps its output clean', () => {
  const { status, stdout, stderr } = run(['show', "the client's", '']);
  expect({ status, stdout }).toEqual({ status: 42, stdout: '["show","the client\'s",""]' });
  expect(stderr).toMatch(/^portfolio-orders: building, once …\nfrom the build\n$/);
  expect(builds()).toEqual([expect.stringMatching(/ run --silent build$/)]);
});

it('never builds again, not even for sources that are newer', () => {
  run();
  mkdirSync(join(place, 'src'));
  writeFileSync(join(place, 'src/new.ts'), '');
  const soon = new Date(Date.now() + 60_000);
  utimesSync(join(place, 'src/new.ts'), soon, soon);
  expect(run(['list'])).toEqual({ status: 42, stdout: '["list"]', stderr: '' });
  expect(builds()).toHaveLength(1);
});

it('builds anew what was not built to its end', () => {
  run();
  rmSync(join(place, 'dist/workflow-bundle.js'));
  expect(run().status).toBe(42);
  expect(builds()).toHaveLength(2);
});

it('may be linked from another folder', () => {
  const command = join(place, 'elsewhere/po');
  symlinkSync(join(place, 'bin/portfolio-orders'), command);
  expect(run(['list'], { command })).toMatchObject({ status: 42, stdout: '["list"]' });
});

it('a build that fails is the end of it', () => {
  const { status, stdout, stderr } = run(['list'], { fail: 'yes' });
  expect({ status, stdout }).toEqual({ status: 3, stdout: '' });
  expect(stderr).toContain('from the build');
});

it('without packages says what to run, and builds nothing', () => {
  rmSync(join(place, 'node_modules'), { recursive: true });
  const { status, stdout, stderr } = run(['list']);
  expect({ status, stdout, builds: builds() }).toEqual({ status: 1, stdout: '', builds: [] });
  expect(stderr).toMatch(/^portfolio-orders: run 'npm ci' in .* first\.\n$/);
});
