/** For commands that start a sweep and read what it found. */
import { z } from 'zod';
import { check, ConfigurationError, databaseUrl } from './config';
import { duration } from './values';

export interface SweepCommandConfig {
  databaseUrl: string;
  orderTaskQueue: string;
  brokerTaskQueue: string;
  graceMs: number;
}

const schema = z.object({
  DATABASE_URL: databaseUrl,
  ORDER_TASK_QUEUE: z.string().default('portfolio-orders'),
  UPVEST_TASK_QUEUE: z.string().default('upvest'),
  SWEEP_GRACE: duration('2m'),
});

/** @throws ConfigurationError with all problems at once */
export function readSweepConfig(
  environment: Readonly<Record<string, string | undefined>>,
): SweepCommandConfig {
  const problems: string[] = [];
  const values = check(schema, environment, problems);
  if (!values) throw new ConfigurationError(problems);
  return {
    databaseUrl: values.DATABASE_URL,
    orderTaskQueue: values.ORDER_TASK_QUEUE,
    brokerTaskQueue: values.UPVEST_TASK_QUEUE,
    graceMs: values.SWEEP_GRACE,
  };
}
