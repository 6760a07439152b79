/** Temporal as the steps of a recovery use it: workflows by id, each as a test says. No server. */
import { WorkflowNotFoundError, type Client } from '@temporalio/client';

export interface FakeWorkflow {
  status: 'RUNNING' | 'COMPLETED' | 'TERMINATED';
  /** Answer to every query. */
  view?: unknown;
  memo?: Record<string, unknown>;
  result?: unknown;
  /** Takes an update; default: it succeeds. */
  update?: () => Promise<unknown>;
}

/** One call that changes something. */
export interface FakeCall {
  call: 'update' | 'update-with-start' | 'start';
  workflowId: string;
  options: Record<string, unknown>;
}

export interface FakeTemporal {
  client: Client;
  workflows: Map<string, FakeWorkflow>;
  calls: FakeCall[];
  /** What the client's methods throw instead, by workflow id; each once. */
  failures: Map<string, Error[]>;
}

export function fakeTemporal(
  given: Readonly<Record<string, FakeWorkflow>> = {},
  started: FakeWorkflow = { status: 'RUNNING' },
): FakeTemporal {
  const workflows = new Map(Object.entries(given));
  const calls: FakeCall[] = [];
  const failures = new Map<string, Error[]>();

  const of = (workflowId: string): Promise<FakeWorkflow> => {
    const failure = failures.get(workflowId)?.shift();
    if (failure !== undefined) return Promise.reject(failure);
    const workflow = workflows.get(workflowId);
    if (workflow !== undefined) return Promise.resolve(workflow);
    return Promise.reject(new WorkflowNotFoundError('no such workflow', workflowId, undefined));
  };
  const decided = { rule: 'operator:reconcile', decided: 'Read at Upvest.' };

  const handleOf = (workflowId: string) => ({
    async describe() {
      const { status, memo = {} } = await of(workflowId);
      return {
        ...{ status: { name: status }, memo, runId: `run of ${workflowId}`, raw: {} },
        typedSearchAttributes: { get: () => undefined },
      };
    },
    query: async () => (await of(workflowId)).view,
    result: async () => (await of(workflowId)).result,
    async executeUpdate(_definition: unknown, options: Record<string, unknown>) {
      const { update = () => Promise.resolve(decided) } = await of(workflowId);
      calls.push({ call: 'update', workflowId, options });
      return update();
    },
  });
  const client = {
    withDeadline: (_deadline: number, work: () => Promise<unknown>) => work(),
    workflow: {
      getHandle: handleOf,
      async *list() {
        for (const [workflowId, { status }] of workflows)
          if (status === 'RUNNING') yield await Promise.resolve({ workflowId });
      },
      executeUpdateWithStart(
        _definition: unknown,
        options: { startWorkflowOperation: { options: { workflowId: string } } },
      ) {
        const { workflowId } = options.startWorkflowOperation.options;
        calls.push({ call: 'update-with-start', workflowId, options: { ...options } });
        workflows.set(workflowId, started);
        return (started.update ?? (() => Promise.resolve(decided)))();
      },
      async start(_type: string, options: Record<string, unknown> & { workflowId: string }) {
        const { workflowId } = options;
        const failure = failures.get(workflowId)?.shift();
        if (failure !== undefined) throw failure;
        calls.push({ call: 'start', workflowId, options });
        workflows.set(workflowId, started);
        return Promise.resolve(handleOf(workflowId));
      },
    },
  };
  return { client: client as unknown as Client, workflows, calls, failures };
}
