/** Orders live for days: what workflows did when these histories were recorded, today's code must do again. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from '@temporalio/worker';
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

function read(file: string): string {
  return readFileSync(join(directory, file), 'utf8');
}
