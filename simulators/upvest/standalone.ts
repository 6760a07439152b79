import { completeCredentials, type ClientCredentials } from './access/client-credentials';
import { readCommandLine } from './command-line';
import { startUpvestSimulator, type UpvestSimulator } from './simulator';

/** Starts the simulator with the given arguments and prints what a client needs to connect. */
export async function startStandalone(
  argv: string[],
  print: (text: string) => void,
): Promise<UpvestSimulator> {
  const { credentials: given, options } = readCommandLine(argv);
  const credentials = completeCredentials(given);
  const { clientId, clientSecret, keyId, publicKey } = credentials;
  const simulator = await startUpvestSimulator({
    ...options,
    clientId,
    clientSecret,
    clientKeys: [{ keyId, publicKey }],
  });
  print(introduction(simulator, credentials, given.clientSecret !== undefined));
  return simulator;
}

function introduction(
  { url, control }: UpvestSimulator,
  { clientId, clientSecret, keyId, privateKeyFile }: ClientCredentials,
  ownSecret: boolean,
): string {
  const lines = {
    'Upvest simulator': url,
    'Control plane': `${url}/__sim (unsigned)`,
    'Client id': clientId,
    // A secret from the configuration must not appear in logs.
    'Client secret': ownSecret ? '(as given)' : clientSecret,
    'Key id': keyId,
    'Private key': privateKeyFile ?? '(yours; only the public key was given)',
    'Webhook keys': `${url}/auth/verify_keys, or unsigned: ${url}/__sim/webhooks/keys`,
    'Webhook key id': control.webhookKeys().at(-1)?.kid ?? '',
  };
  return Object.entries(lines)
    .map(([name, value]) => `${`${name}:`.padEnd(18)}${value}\n`)
    .join('');
}
