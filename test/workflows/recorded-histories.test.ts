/** Orders live for days: what workflows did when these histories were recorded, today's code must do again. */
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
  expect([...types].sort()).toEqual(['parkedEvent', 'placePortfolioOrder', 'portfolioOrder']);
});

it.each(files)('%s replays', async (file) => {
  await Worker.runReplayHistory({ workflowBundle: testBundle() }, fromJson(read(file)));
});

/** A change of the workflows as they are bundled; the text it replaces has to be there. */
function changed(from: string, to: string): { code: string } {
  const code = readFileSync(testBundle().codePath, 'utf8');
  expect(code.includes(from)).toBe(true);
  return { code: code.replaceAll(from, to) };
}

describe('the gate', () => {
  const settled = '2026-11-21-settled.json';

  it.each([
    ['an activity of another name', 'emitOrderEvents', 'sendOrderEvents'],
    ['a step that is left out', 'if (changes.length > 0)', 'if (changes.length > 99)'],
    [
      'a step that is new',
      'listen(order, display);',
      'listen(order, display); setTimeout(() => undefined, 1000);',
    ],
  ])('stops %s', async (_what, from, to) => {
    const replay = Worker.runReplayHistory({ workflowBundle: changed(from, to) }, fromJson(read(settled)));
    await expect(replay).rejects.toThrow(DeterminismViolationError);
  });

  it('lets words pass that nobody decides by', async () => {
    const bundle = changed('Tell ESW: ', 'Inform ESW: ');
    await Worker.runReplayHistory({ workflowBundle: bundle }, fromJson(read(settled)));
  });
});

function read(file: string): string {
  return readFileSync(join(directory, file), 'utf8');
}
