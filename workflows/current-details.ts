/**
 * Current details that are made when the Web UI asks for them, not whenever a workflow does something. An interceptor of every
 * workflow (`tools/bundle.ts`): the SDK passes its own queries by the interceptors of queries.
 */
import { setCurrentDetails, type WorkflowInterceptors } from '@temporalio/workflow';

const METADATA_QUERY = '__temporal_workflow_metadata';

let describe: (() => string) | undefined;

/** @param current the details as they are now, in Markdown */
export function provideDetails(current: () => string): void {
  describe = current;
}

export const interceptors = (): WorkflowInterceptors => ({
  internals: [
    {
      activate(input, next) {
        const isAsked = input.activation.jobs?.some((job) => job.queryWorkflow?.queryType === METADATA_QUERY);
        if (isAsked === true && describe !== undefined) setCurrentDetails(describe());
        next(input);
      },
    },
  ],
});
