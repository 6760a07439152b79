import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { EnvHttpProxyAgent, fetch } from 'undici';
import { z } from 'zod';

const description = z.object({ archiveUrl: z.url(), fileToExtract: z.string() });

/** Node's names for processors and systems, as Temporal's downloads call them. */
const ARCHITECTURES: Partial<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' };
const PLATFORMS: Partial<Record<string, string>> = { linux: 'linux', darwin: 'darwin', win32: 'windows' };

/**
 * Downloads the Temporal CLI from where the SDK's test environment takes it, by the same protocol: a description in
 * JSON, then an archive. The SDK's own function is not used, because it starts a server with the download, cannot be
 * given a time limit, and installs the native runtime of the calling process with default options.
 *
 * Proxies are taken from the environment. Gives up after 10 s without an answer, or 20 s without further data.
 *
 * @param version as in the releases, such as `v1.9.1`
 * @param directory where the binary is put; it must exist
 * @param sha256 of the archive
 * @param origin where the description is asked for
 * @returns the path of the binary
 * @throws Error when there is no download for this machine, it does not succeed, or it is another archive.
 */
export async function downloadCli(
  version: string,
  directory: string,
  sha256: string | undefined,
  origin = 'https://temporal.download',
): Promise<string> {
  const arch = ARCHITECTURES[process.arch];
  const platform = PLATFORMS[process.platform];
  if (arch === undefined || platform === undefined) {
    throw new Error(`no download for ${process.platform} on ${process.arch}`);
  }
  if (sha256 === undefined)
    throw new Error(`its hash for ${process.platform} on ${process.arch} is not known`);
  const dispatcher = new EnvHttpProxyAgent({
    connect: { timeout: 10_000 },
    headersTimeout: 10_000,
    bodyTimeout: 20_000,
  });
  try {
    const get = async (url: string): Promise<Awaited<ReturnType<typeof fetch>>> => {
      const response = await fetch(url, { dispatcher });
      if (!response.ok) throw new Error(`${url} answered ${response.status}`);
      return response;
    };
    const query = new URLSearchParams({ arch, platform, format: 'tar.gz' });
    const answer = await get(`${origin}/cli/${version}?${query.toString()}`);
    const { archiveUrl, fileToExtract } = description.parse(await answer.json());
    const archive = Buffer.from(await (await get(archiveUrl)).arrayBuffer());
    // Nothing unpacks what is not the pinned archive.
    const actual = createHash('sha256').update(archive).digest('hex');
    if (actual !== sha256) throw new Error(`${archiveUrl} has the hash ${actual} instead of ${sha256}`);
    await extract(Readable.from([archive]), fileToExtract, directory);
    return join(directory, fileToExtract);
  } catch (error) {
    throw new Error(reasonOf(error), { cause: error });
  } finally {
    await dispatcher.destroy();
  }
}

async function extract(archive: Readable, file: string, directory: string): Promise<void> {
  const tar = spawn('tar', ['-xzf', '-', '-C', directory, '--', file], { stdio: ['pipe', 'ignore', 'pipe'] });
  let complaint = '';
  tar.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
  const closed = once(tar, 'close') as Promise<[code: number | null]>;
  const [fed, [code]] = await Promise.all([
    pipeline(archive, tar.stdin).catch((error: unknown) => ({ error })),
    closed,
  ]);
  if (code !== 0) throw new Error(`tar failed: ${complaint.trim()}`);
  if (fed !== undefined) throw fed.error;
}

/** fetch says "fetch failed" and hides why in the cause; the cause of several failed addresses has but a code. */
function reasonOf(error: unknown): string {
  const { cause, message } = error instanceof Error ? error : new Error(String(error));
  const { code, message: why } = (cause ?? {}) as { code?: string; message?: string };
  return [why, code, message].find((text) => text !== undefined && text !== '') ?? 'unknown';
}
