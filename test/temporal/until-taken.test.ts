import { ServiceError } from '@temporalio/client';
import { grpcStatus } from '../../src/temporal/grpc';
import { untilTaken } from '../../src/temporal/until-taken';

/** As the client throws it: the gRPC error is the cause. */
function refusal(code: number, details: string): ServiceError {
  const cause = Object.assign(new Error(details), { code, details, metadata: {} });
  return new ServiceError('Failed to send', { cause });
}

/** Fails so often, then answers how often it was sent. */
function failing(times: number, error: Error): () => Promise<number> {
  let sent = 0;
  return () => {
    sent += 1;
    return sent > times ? Promise.resolve(sent) : Promise.reject(error);
  };
}

describe('A message that meets a run between two runs', () => {
  test.each([
    ['is refused', refusal(grpcStatus.resourceExhausted, 'Workflow is closing.')],
    ['is given up', refusal(grpcStatus.failedPrecondition, 'workflow operation can not be applied')],
  ])('%s, and is sent again until it is taken', async (_, error) => {
    expect(await untilTaken(failing(6, error))).toBe(7);
  });

  test('is given back to the caller in the end', async () => {
    const error = refusal(grpcStatus.resourceExhausted, 'Workflow is closing.');
    await expect(untilTaken(failing(7, error))).rejects.toBe(error);
  });

  test.each([
    ['an overloaded server', refusal(grpcStatus.resourceExhausted, 'namespace rate limit exceeded')],
    ['a server that is away', refusal(grpcStatus.unavailable, 'connection refused')],
    ['no gRPC error', new Error('boom')],
  ])('is not the same as %s', async (_, error) => {
    await expect(untilTaken(failing(1, error))).rejects.toBe(error);
  });
});
