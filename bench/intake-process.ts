/** Starts and controls the measured process. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { UpvestVerifyKey } from '../src/upvest/model/schemas';
import type { Question, Reply, Report } from './intake-server';

export interface IntakeProcess {
  url: string;
  report(): Promise<Report>;
  stop(): Promise<void>;
}

/** @param cores default: all */
export async function startIntakeProcess(
  verifyKeys: UpvestVerifyKey[],
  cores: number[] | undefined,
): Promise<IntakeProcess> {
  const server = [process.execPath, '--expose-gc', join(__dirname, 'intake-server.js')];
  const [command = '', ...args] =
    cores === undefined ? server : ['taskset', '-c', cores.join(','), ...server];
  const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const reply = await ask(child, { ask: 'start', verifyKeys });
  if (!('port' in reply)) throw new Error('The server did not report its port.');
  return {
    url: `http://127.0.0.1:${reply.port}`,
    async report() {
      const said = await ask(child, { ask: 'report' });
      if ('port' in said) throw new Error('The server did not report.');
      return said;
    },
    async stop() {
      const gone = once(child, 'exit');
      child.disconnect();
      await gone;
    },
  };
}

function ask(child: ChildProcess, question: Question): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const failed = (code: number | null): void => {
      reject(new Error(`The server ended with ${code ?? 'a signal'}.`));
    };
    child.once('exit', failed);
    child.once('message', (reply: Reply) => {
      child.off('exit', failed);
      resolve(reply);
    });
    child.send(question);
  });
}
