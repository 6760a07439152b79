/** The command line as a program: what only a real process, a real terminal and a real shell can show. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Stack } from '../../demo/stack';
import { initialState } from '../../src/domain/order/transitions';
import { viewOf } from '../../src/domain/views/order-view';
import { standardPolicies } from '../../src/config/policies';
import { temporaryFiles } from '../config/environment';
import { finished, submit } from '../support/stack';
import { json, startStub, type HttpStub, type Reply } from '../upvest/client/http-stub';
import { ensureBuilt, run, start } from './processes';
import { runInProcess } from './in-process';
import { screenOf } from './screen';
import { temporalEnvironment } from './stack-environment';

const root = resolve(__dirname, '../..');
/** `script` of util-linux gives the program a terminal; other systems have another one by that name. */
const onLinux = process.platform === 'linux' ? it : it.skip;
const stripColours = (text: string): string => text.replaceAll(/\u001b\[[\d;]*m/g, '');

export function processesSuite(stack: () => Stack): void {
  let stub: HttpStub;
  let reply: Reply;
  beforeAll(async () => {
    ensureBuilt();
    stub = await startStub((response, request) => {
      reply(response, request);
    });
  });
  beforeEach(() => {
    stub.arrived.splice(0);
  });
  afterAll(() => stub.close());

  const api = () => ({ PORTFOLIO_ORDERS_URL: stub.url, PORTFOLIO_ORDERS_TOKEN: 't' });

  it('list ends with 0, and is in colour only where that is wanted', async () => {
    const row = { reference: 'my-first', phase: 'TRACKED', openedAt: '2026-01-02T09:00:00.000Z' };
    reply = json(200, { orders: [{ ...row, attention: ['MISTRADE'] }] });
    const shown = (more: Record<string, string>) =>
      run('cli/main.js', ['list'], { ...api(), ...more }, { keepColours: true });
    expect((await shown({ FORCE_COLOR: '1' })).stdout).toContain('\u001b[31mMISTRADE');
    const uncoloured = await shown({});
    expect(uncoloured).toMatchObject({ code: 0, stderr: '' });
    expect(uncoloured.stdout).toContain('MISTRADE');
    expect(uncoloured.stdout).not.toContain('\u001b');
  });

  it('--direct reads an order with the environment of Temporal alone, and without colours for NO_COLOR', async () => {
    const reference = await submit(stack());
    await finished(stack(), reference);
    const words = ['timeline', reference, '--direct'];
    const environment = { ...temporalEnvironment(), NO_COLOR: '1' };
    const ended = await run('cli/main.js', words, environment, { keepColours: true });
    expect(ended).toEqual(await runInProcess(words, temporalEnvironment()));
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(ended.stdout).toMatch(/SETTLED/);
    expect(ended.stdout).not.toContain('\u001b');
  });

  it('wrong usage ends with 2, before anybody is asked', async () => {
    reply = json(500, {});
    const { code, stdout, stderr } = await run('cli/main.js', ['show', 'any', '--fast'], api());
    expect({ code, stdout, asked: stub.arrived.length }).toEqual({ code: 2, stdout: '', asked: 0 });
    expect(stderr).toContain('--fast');
  });

  it('a reader that has seen enough is no failure', async () => {
    const orders = Array.from({ length: 2000 }, (_, index) => ({
      phase: 'TRACKED',
      attention: [],
      openedAt: '',
      reference: `r-${index}`,
    }));
    reply = json(200, { orders });
    const { code, stderr } = await run('cli/main.js', ['list', '--json'], api(), { closeOutput: true });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  const nothingKnown = viewOf(
    initialState('po-1', Date.parse('2026-01-02T09:00:00.000Z'), standardPolicies(), 'portfolio'),
  );
  const view = (status: string, phase: string) => ({
    phase,
    order: { ...nothingKnown, status, finished: phase === 'FINISHED' },
  });

  it('watch ends by Ctrl-C, as the shell expects it, and leaves the order alone', async () => {
    reply = (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(`event: view\ndata: ${JSON.stringify(view('NEW', 'TRACKED'))}\n\n`);
    };
    const watching = start('cli/main.js', ['watch', 'my-first', '--json'], api());
    await once(watching.process.stdout ?? watching.process, 'data');
    watching.process.kill('SIGINT');
    const { stderr, stdout } = await watching.ended;
    expect({ signal: watching.process.signalCode, stderr }).toEqual({ signal: 'SIGINT', stderr: '' });
    expect(JSON.parse(stdout)).toEqual(view('NEW', 'TRACKED'));
    expect(stub.arrived.map(({ method }) => method)).toEqual(['GET']);
  });

  onLinux('watch on a real terminal draws the block in place and ends with a line', async () => {
    const looks = [view('NEW', 'TRACKED'), view('SETTLED', 'FINISHED')];
    reply = (response, request) => {
      const answer = request.url.endsWith('/events')
        ? json(404, { code: 'NOT_FOUND' })
        : json(200, looks.shift());
      answer(response, request);
    };
    const program = join(root, 'dist/src/cli/main.js');
    const terminal = spawn('script', ['-qec', `${process.execPath} ${program} watch my-first`, '/dev/null'], {
      env: { PATH: process.env.PATH, TERM: 'xterm', ...api() },
    });
    let shown = '';
    terminal.stdout.setEncoding('utf8').on('data', (text: string) => (shown += text));
    const code = await new Promise((done) => terminal.on('close', done));
    expect(code).toBe(0);
    expect(shown).toMatch(/\u001b\[\d+A/);
    const screen = screenOf([stripColours(shown)]).map((row) => row.trimEnd());
    expect(screen[0]).toBe('my-first  SETTLED, finished');
    expect(screen).toContain(`Waiting    ${nothingKnown.waitingFor}`);
    expect(screen.filter((row) => row !== '').at(-1)).toBe('my-first: SETTLED');
  });

  describe('completion', () => {
    const files = temporaryFiles();
    beforeAll(() => {
      const command = files.write(
        'portfolio-orders',
        `#!/bin/sh\nexec ${process.execPath} ${join(root, 'dist/src/cli/main.js')} "$@"\n`,
      );
      chmodSync(command, 0o755);
    });
    afterAll(() => {
      files.remove();
    });

    /** What one bash would offer for each of these lists of words. */
    function bash(...lists: string[][]): string[][] {
      const script = [
        'source <(portfolio-orders completion bash)',
        // As when ~/.bashrc is read twice.
        'source <(portfolio-orders completion bash)',
        'complete=$(complete -p portfolio-orders | sed -n "s/.*-F \\([^ ]*\\).*/\\1/p")',
        'COMP_WORDS=(portfolio-orders)',
        'for word in "$@"; do',
        '  if [ "$word" != end ]; then COMP_WORDS+=("$word"); continue; fi',
        '  COMP_CWORD=$((${#COMP_WORDS[@]} - 1))',
        '  $complete',
        '  printf "%s\\n" "${COMPREPLY[@]}" end',
        '  COMP_WORDS=(portfolio-orders)',
        'done',
      ].join('\n');
      const words = lists.flatMap((list) => [...list, 'end']);
      const env = { PATH: `${files.folder}:${process.env.PATH ?? ''}` };
      const stdio: ['ignore', 'pipe', 'inherit'] = ['ignore', 'pipe', 'inherit'];
      const out = execFileSync('bash', ['-c', script, 'bash', ...words], { env, stdio, encoding: 'utf8' });
      return out
        .split('end\n')
        .slice(0, -1)
        .map((part) => part.split('\n').filter((line) => line !== ''));
    }

    it('is offered by bash, by nothing but itself, and runs nothing that is half typed', () => {
      const trap = join(files.folder, 'trap');
      expect(
        bash(
          ['canc'],
          ['parked', 'list', '--reason', 'UN'],
          ['cancel', 'x', '--reason', `"$(touch ${trap})`, '--ac'],
        ),
      ).toEqual([['cancel'], ['UNROUTED', 'UNREADABLE', 'UNKNOWN_TYPE'], ['--actor']]);
      expect(() => execFileSync('cat', [trap], { stdio: 'ignore' })).toThrow();
    });
  });
}
