/** A complete environment, with files that hold what is said. */
import { createHash, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const PASSPHRASE = 'open sesame';
export const TOKEN = 'a-token-of-the-api';

export interface Files {
  folder: string;
  write(name: string, content: string): string;
  /** A folder of its own, with a `.env`. */
  folderWithEnv(content: string): string;
  remove(): void;
}

export function temporaryFiles(): Files {
  const folder = mkdtempSync(join(tmpdir(), 'portfolio-order-coordinator-config-'));
  return {
    folder,
    write(name, content) {
      const path = join(folder, name);
      writeFileSync(path, content);
      return path;
    },
    folderWithEnv(content) {
      const path = mkdtempSync(join(folder, 'with-env-'));
      writeFileSync(join(path, '.env'), content);
      return path;
    },
    remove() {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** PKCS#8 of an EC key. */
export function keyPem(namedCurve = 'secp521r1', passphrase?: string): string {
  const encryption = passphrase === undefined ? {} : { cipher: 'aes-256-cbc', passphrase };
  return generateKeyPairSync('ec', { namedCurve })
    .privateKey.export({ type: 'pkcs8', format: 'pem', ...encryption })
    .toString();
}

export function tokensJson(changes: Record<string, unknown> = {}): string {
  const sha256 = createHash('sha256').update(TOKEN).digest('hex');
  return JSON.stringify([{ name: 'ada', role: 'read', sha256, ...changes }]);
}

/** The variables that have no default. */
export function required(files: Files): { common: Environment; worker: Environment; server: Environment } {
  return {
    common: {
      UPVEST_BASE_URL: 'https://sandbox.upvest.example',
      UPVEST_CLIENT_ID: '2f1c0a94-6b7e-4e0d-8f51-3c9d2b7a6e10',
      UPVEST_CLIENT_SECRET: 'upvest-secret',
      UPVEST_KEY_ID: '11111111-2222-4333-8444-555555555555',
      UPVEST_PRIVATE_KEY_FILE: files.write('key.pem', keyPem()),
      ESW_TENANT_CODE: 'PFOLIO',
      // Discard: nothing listens there.
      DATABASE_URL: 'postgresql://records:database-secret@127.0.0.1:9/records',
    },
    worker: {
      ESW_BASE_URL: 'https://esw.example',
      ESW_TOKEN_URL: 'https://sts.esw.example/connect/token',
      ESW_CLIENT_ID: 'PFOLIO.coordinator',
      ESW_CLIENT_SECRET: 'esw-secret',
      ESW_SCOPE: 'logistics',
    },
    server: { API_TOKENS_FILE: files.write('tokens.json', tokensJson()) },
  };
}

export type Environment = Record<string, string>;
