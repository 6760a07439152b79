/** Orders run for days: today's code has to replay the commands of workflows in these recorded histories. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { fromJson } from '../support/recorded-history';
import { closeTemporal, testBundle, testConnection } from '../support/temporal';

const directory = join(__dirname, '../histories');
const files = readdirSync(directory).filter((file) => file.endsWith('.json'));

// The replaying workers share its runtime, which logs errors only.
beforeAll(testConnection);
afterAll(closeTemporal);

it('there are recorded histories of every workflow', () => {
  const types = new Set(files.map((file) => /"workflowType": \{\s*"name": "(\w+)"/.exec(read(file))?.[1]));
  expect([...types].sort()).toEqual(['parkedEvent', 'placePortfolioOrder', 'portfolioOrder', 'upvestBudget']);
});

it.each(files)('%s replays', async (file) => {
  await Worker.runReplayHistory({ workflowBundle: testBundle() }, fromJson(read(file)));
});

/** The workflow bundle with a text replaced, which has to occur. */
function changed(from: string, to: string): { code: string } {
  const code = readFileSync(testBundle().codePath, 'utf8');
  expect(code.includes(from)).toBe(true);
  return { code: code.replaceAll(from, to) };
}

describe('the replay check', () => {
  const settled = '2026-11-30-settled.json';

  it.each([
    ['a renamed activity', 'emitOrderEvents', 'sendOrderEvents'],
    ['a missing step', 'if (changes.length > 0 && (', 'if (changes.length > 99 && ('],
    [
      'an additional step',
      'listen(order, webUi);',
      'listen(order, webUi); setTimeout(() => undefined, 1000);',
    ],
  ])('rejects %s', async (_what, from, to) => {
    const replay = Worker.runReplayHistory({ workflowBundle: changed(from, to) }, fromJson(read(settled)));
    await expect(replay).rejects.toThrow(DeterminismViolationError);
  });

  it('accepts changed summary texts, which no workflow code depends on', async () => {
    const bundle = changed('Send to ESW: ', 'Inform ESW: ');
    await Worker.runReplayHistory({ workflowBundle: bundle }, fromJson(read(settled)));
  });
});

function read(file: string): string {
  return readFileSync(join(directory, file), 'utf8');
}
