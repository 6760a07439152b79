import { ApplicationFailure, type ActivityFailure } from '@temporalio/workflow';
import { brokerPauseMs, type BrokerFailureDetails } from '../../src/domain/order/broker-failure';

/** Milliseconds until a failed call of Upvest may be repeated; undefined for failures that say nothing about that. */
export function brokerPauseOf({ cause }: ActivityFailure): number | undefined {
  if (!(cause instanceof ApplicationFailure)) return undefined;
  const [details] = (cause.details ?? []) as [BrokerFailureDetails?];
  return brokerPauseMs(cause.type, details);
}
