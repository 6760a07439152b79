/** A client whose types are made from the document compiles in strict TypeScript, and places an order. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { Stack } from '../../demo/stack';
import { call, finished, newRequest } from '../support/stack';

const root = resolve(__dirname, '../..');
const run = promisify(execFile);

const PROGRAM = `
import createClient from 'openapi-fetch';
import type { paths } from './api';

async function main(): Promise<void> {
  const [url = '', token = '', reference = '', userId = '', accountId = ''] = process.argv.slice(2);
  const client = createClient<paths>({ baseUrl: url, headers: { authorization: 'Bearer ' + token } });
  const placed = await client.POST('/portfolio-orders', {
    params: { query: { wait: 20 } },
    body: { reference, userId, accountId, cashAmount: '250.00', currency: 'EUR', side: 'BUY' },
  });
  if (placed.error) throw new Error(placed.error.code + ': ' + placed.error.detail);
  const again = await client.GET('/portfolio-orders/{referenceOrId}', {
    params: { path: { referenceOrId: reference } },
  });
  if (!again.data) throw new Error('not found');
  const amount: string | undefined = again.data.order?.cashAmount;
  const children: number | undefined = again.data.order?.orders.length;
  // @ts-expect-error: there is no such phase
  if (again.data.phase === 'LOST') throw new Error('lost');
  const missing = await client.GET('/portfolio-orders/{referenceOrId}', {
    params: { path: { referenceOrId: 'unknown' } },
  });
  const code = missing.error?.code;
  process.stdout.write(JSON.stringify({ phase: placed.data.phase, amount, children, code }));
}
void main();
`;

const PROGRAM_WITH_ERROR = `
import createClient from 'openapi-fetch';
import type { paths } from './api';
void createClient<paths>().POST('/portfolio-orders', { body: { reference: 'a' } });
`;

export function typedClientSuite(running: () => Stack): void {
  let stack: Stack;
  let folder: string;
  /** What the compiler complains of, by file. */
  let problems: Record<string, string>;
  beforeAll(async () => {
    stack = running();
    folder = mkdtempSync(join(tmpdir(), 'typed-client-'));
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    const { body } = await call(stack, 'GET', '/openapi.json');
    writeFileSync(join(folder, 'openapi.json'), JSON.stringify(body));
    writeFileSync(join(folder, 'program.ts'), PROGRAM);
    writeFileSync(join(folder, 'wrong.ts'), PROGRAM_WITH_ERROR);
    const compiler = resolve(__dirname, 'typed-client-compiler.js');
    const { stdout } = await run(process.execPath, [compiler, 'program.ts', 'wrong.ts'], { cwd: folder });
    problems = JSON.parse(stdout) as Record<string, string>;
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('places an order, reads it, and gets the cause of an error', async () => {
    const { 'wrong.ts': expected, ...others } = problems;
    expect(others).toEqual({});
    const { reference, userId, accountId } = newRequest();
    const { stdout } = await run(process.execPath, [
      join(folder, 'program.js'),
      stack.url,
      stack.tokens.submit,
      reference,
      String(userId),
      accountId,
    ]);
    expect(JSON.parse(stdout)).toMatchObject({
      amount: '250.00',
      children: expect.any(Number) as number,
      code: 'NOT_FOUND',
    });
    const { order } = await finished(stack, reference);
    expect(order.accountId).toBe(accountId);
  });

  it('does not compile when it sends what the document does not allow', () => {
    expect(problems['wrong.ts']).toMatch(/userId|is missing the following properties/);
  });
}
