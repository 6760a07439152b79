/** The configuration of commands that need the records database, and not all of the deployment's. */
import { z } from 'zod';
import {
  check,
  common,
  ConfigurationError,
  databaseUrl,
  type CoordinatorConfig,
  type Environment,
} from './config';

/** For commands that need the records database alone. @throws ConfigurationError */
export function readDatabaseUrl(environment: Environment): string {
  const problems: string[] = [];
  const values = check(z.object({ DATABASE_URL: databaseUrl }), environment, problems);
  if (!values) throw new ConfigurationError(problems);
  return values.DATABASE_URL;
}

/** For the recovery, which needs Temporal's variables beside. @throws ConfigurationError */
export function readRecoveryConfig(
  environment: Environment,
): Pick<CoordinatorConfig, 'databaseUrl' | 'orderTaskQueue'> {
  const problems: string[] = [];
  const { DATABASE_URL, ORDER_TASK_QUEUE } = common;
  const values = check(z.object({ DATABASE_URL, ORDER_TASK_QUEUE }), environment, problems);
  if (!values) throw new ConfigurationError(problems);
  return { databaseUrl: values.DATABASE_URL, orderTaskQueue: values.ORDER_TASK_QUEUE };
}
