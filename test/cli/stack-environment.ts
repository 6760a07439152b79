/** The environment in which worker and server would be what a test's stack is. */
import type { Stack } from '../../demo/stack';
import { tokensJson, type Environment, type Files } from '../config/environment';
import { testTarget } from '../support/temporal';

export function temporalEnvironment(): Environment {
  const { address, namespace } = testTarget();
  return { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace };
}

export function stackEnvironment({ config }: Stack, files: Files): Environment {
  const { upvest, esw, order, orderTaskQueue, http, databaseUrl } = config;
  const pem = upvest.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return {
    ...temporalEnvironment(),
    UPVEST_BASE_URL: upvest.baseUrl,
    UPVEST_CLIENT_ID: upvest.clientId,
    UPVEST_CLIENT_SECRET: upvest.clientSecret,
    UPVEST_KEY_ID: upvest.keyId,
    UPVEST_PRIVATE_KEY_FILE: files.write('stack-key.pem', pem),
    ESW_BASE_URL: esw.baseUrl,
    ESW_TOKEN_URL: esw.tokenUrl,
    ESW_CLIENT_ID: esw.clientId,
    ESW_CLIENT_SECRET: esw.clientSecret,
    ESW_SCOPE: esw.scope,
    ESW_TENANT_CODE: order.emission.tenantCode,
    DATABASE_URL: databaseUrl,
    ORDER_TASK_QUEUE: orderTaskQueue,
    UPVEST_TASK_QUEUE: order.brokerTaskQueue,
    ESW_TASK_QUEUE: order.emissionTaskQueue ?? orderTaskQueue,
    WEBHOOK_PATH: http.webhookPath,
    API_TOKENS_FILE: files.write('stack-tokens.json', tokensJson()),
  };
}
