/** Every log of an error has its message, cause and stack. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ApplicationFailure } from '@temporalio/common';
import fastify from 'fastify';
import { pino } from 'pino';
import ts from 'typescript';
import { LOG_OPTIONS } from '../../src/lib/logger';
import { packageRoot } from '../../src/lib/package-root';

interface LogLine extends Record<string, unknown> {
  msg: string;
}

function capture(): { logger: pino.Logger; lines: LogLine[] } {
  const lines: LogLine[] = [];
  const write = (line: string): void => void lines.push(JSON.parse(line) as LogLine);
  return { logger: pino({ ...LOG_OPTIONS, level: 'trace' }, { write }), lines };
}

const failure = (): Error =>
  new ApplicationFailure(
    'POST failed',
    'UPVEST_RETRY',
    false,
    [{ large: 'payload' }],
    new TypeError('fetch failed'),
  );

const whole = {
  message: 'POST failed',
  stack: expect.stringContaining('logger.test') as string,
  cause: { type: 'TypeError', message: 'fetch failed', stack: expect.any(String) as string },
};

it.each(['err', 'error', 'cause', 'failure'])('an error logged as `%s` keeps all three (14.52)', (name) => {
  const { logger, lines } = capture();
  logger.warn({ [name]: failure() }, 'it failed');
  expect(lines[0]).toMatchObject({ msg: 'it failed', [name]: whole });
  expect(JSON.stringify(lines)).not.toContain('payload');
});

it('so does one that is logged alone, by a child, or by the HTTP server (14.52)', async () => {
  const { logger, lines } = capture();
  logger.error(failure());
  logger.child({ of: 'a request' }).error({ error: failure() }, 'it failed');
  const app = fastify({ loggerInstance: logger });
  app.log.error({ err: failure() }, 'request failed');
  await app.close();
  const [alone, child, served] = lines;
  expect([alone?.err, child?.error]).toMatchObject([whole, whole]);
  expect(JSON.stringify(served)).toMatch(/POST failed.*fetch failed/);
});

it('so does one of another realm, and one whose causes are a circle (14.52)', () => {
  const { logger, lines } = capture();
  const circle = new Error('a');
  circle.cause = new Error('b', { cause: circle });
  // As the sandbox hands errors over.
  logger.warn({ error: { ...whole, name: 'ActivityFailure', stack: 'at x' } }, 'it failed');
  logger.warn({ error: circle }, 'it failed');
  expect(lines[0]?.error).toMatchObject({ type: 'ActivityFailure', message: 'POST failed', stack: 'at x' });
  expect(JSON.stringify(lines[1]?.error)).toContain('"message":"b"');
});

/** Calls of a logger, as `log.warn(…)`, `request.log.error(…)`, `Runtime.instance().logger.warn(…)`. */
const LOG_CALL = /(^|\.)(log|logger)\.(trace|debug|info|warn|error|fatal)$/;

/** The function that a callback is passed to, as written. */
function calledBy({ parent }: ts.Node): string {
  return ts.isCallExpression(parent) ? parent.expression.getText() : '';
}

/** Log calls in the handlers of a caught error, with the name of the error and the names that the call mentions. */
function callsInHandlers(path: string): { line: number; caught: string; mentions: string[] }[] {
  const source = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true);
  const found: { line: number; caught: string; mentions: string[] }[] = [];
  const visit = (node: ts.Node, caught: string | undefined): void => {
    let name = caught;
    if (ts.isCatchClause(node)) name = node.variableDeclaration?.name.getText() ?? '(nothing)';
    if (ts.isArrowFunction(node) && calledBy(node).endsWith('.catch'))
      name = node.parameters[0]?.name.getText() ?? '(nothing)';
    if (ts.isCallExpression(node) && name !== undefined && LOG_CALL.test(node.expression.getText())) {
      const mentions: string[] = [];
      const fields = node.arguments.find(ts.isObjectLiteralExpression);
      for (const field of fields?.properties ?? []) {
        if (ts.isShorthandPropertyAssignment(field)) mentions.push(field.name.getText());
        if (ts.isPropertyAssignment(field)) mentions.push(field.initializer.getText());
      }
      found.push({
        line: source.getLineAndCharacterOfPosition(node.getStart()).line + 1,
        caught: name,
        mentions,
      });
    }
    ts.forEachChild(node, (child) => {
      visit(child, name);
    });
  };
  visit(source, undefined);
  return found;
}

/** An error of parsing can repeat a token, so that its values are left out. */
const WITHOUT_THE_ERROR = ['src/http/plugins/token-store.ts'];

it('every log call in the handler of an error passes the error itself, not its message (14.52)', () => {
  const root = packageRoot();
  const files = ['src', 'activities', 'workflows'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts'))
      .map((path) => `${folder}/${path}`),
  );
  const calls = files.flatMap((path) => callsInHandlers(join(root, path)).map((call) => ({ ...call, path })));
  expect(calls.length).toBeGreaterThanOrEqual(4);
  const incomplete = calls.filter(({ caught, mentions }) => !mentions.includes(caught));
  expect(incomplete.map(({ path }) => path)).toEqual(WITHOUT_THE_ERROR);
});
