import { runProgram } from '../../../tools/temporal-server/run-program';

const sh = (script: string, timeoutMs = 60_000): ReturnType<typeof runProgram> =>
  runProgram('sh', ['-c', script], { timeoutMs });

test('what a program writes is returned, by stream', async () => {
  expect(await sh('echo out; echo err >&2')).toEqual({ stdout: 'out\n', stderr: 'err\n' });
});

test('it has the environment that it is given', async () => {
  const { stdout } = await runProgram('sh', ['-c', 'echo "$COLOUR"'], {
    timeoutMs: 60_000,
    env: { PATH: process.env.PATH, COLOUR: 'blue' },
  });
  expect(stdout).toBe('blue\n');
});

test('a failure has the last line of stderr, or, where there is none, what failed', async () => {
  await expect(sh('echo first >&2; echo last >&2; exit 1')).rejects.toThrow(/^last$/);
  await expect(sh('exit 1')).rejects.toThrow('Command failed: sh -c exit 1');
  await expect(runProgram('/nowhere/pip', [], { timeoutMs: 60_000 })).rejects.toThrow(
    'spawn /nowhere/pip ENOENT',
  );
});

test('a program that takes too long is killed, even one that ignores SIGTERM', async () => {
  const stubborn = sh('trap "" TERM; echo stuck >&2; while :; do sleep 0.1; done', 300);
  await expect(stubborn).rejects.toThrow(/^not done within 0\.3 s$/);
});

test('a question on the terminal is answered by the end of the input', async () => {
  expect((await sh('read -r answer || echo unknown')).stdout).toBe('unknown\n');
});
