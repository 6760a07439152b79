import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { toJson } from '../support/recorded-history';
import { until } from '../support/stack';
import { testClient } from '../support/temporal';

const today = new Date().toISOString().slice(0, 10);
/** For a second recording of the same order on one day. */
const numbers = ['', ...Array.from({ length: 98 }, (_, index) => `-${index + 2}`)];

function fileOf(name: string, number: string, run: string): string {
  return join(__dirname, `${today}-${name}${number}${run}.json`);
}

/** Writes each run of a workflow to its own file. */
export async function record(name: string, workflowId: string): Promise<void> {
  const query = `WorkflowId = '${workflowId}'`;
  await until('its end', async () => {
    const { status } = await testClient().workflow.getHandle(workflowId).describe();
    return status.name !== 'RUNNING';
  });
  await until(
    'visibility of its end',
    async () =>
      (await testClient().workflow.count(`${query} AND ExecutionStatus != 'Running'`)).count ===
      (await testClient().workflow.count(query)).count,
  );
  const runs: { runId: string; startTime: Date }[] = [];
  for await (const { runId, startTime } of testClient().workflow.list({ query }))
    runs.push({ runId, startTime });
  runs.sort((a, b) => a.startTime.getTime() - b.startTime.getTime());
  mkdirSync(__dirname, { recursive: true });
  for (const [index, { runId }] of runs.entries()) {
    const history = await testClient().workflow.getHandle(workflowId, runId).fetchHistory();
    const run = runs.length > 1 ? `-run-${index + 1}` : '';
    const free = numbers.find((number) => !existsSync(fileOf(name, number, run)));
    writeFileSync(fileOf(name, free ?? '', run), toJson(history));
  }
}
