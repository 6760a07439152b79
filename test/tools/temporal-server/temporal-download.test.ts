import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../../src/lib/free-port';
import { downloadCli } from '../../../tools/temporal-server/temporal-download';

const hashOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
const ANY = hashOf(Buffer.of());

let directory: string;
let server: Server | undefined;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'temporal-download-'));
});
afterEach(async () => {
  server?.closeAllConnections();
  server?.close();
  await rm(directory, { recursive: true });
});

async function serve(listener: RequestListener): Promise<string> {
  const started = createServer(listener);
  server = started;
  await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(started.address() as AddressInfo).port}`;
}

/** Answers as the SDK's source expects: a description first, then what it points at. */
async function serveArchive(archive: Buffer): Promise<{ origin: string; asked: string[] }> {
  const asked: string[] = [];
  const origin = await serve((request, response) => {
    asked.push(request.url ?? '');
    if (request.url === '/archive') response.end(archive);
    else
      response.end(
        JSON.stringify({
          archiveUrl: `http://${request.headers.host ?? ''}/archive`,
          fileToExtract: 'temporal',
        }),
      );
  });
  return { origin, asked };
}

test('the binary of the archive that the description names is unpacked', async () => {
  await writeFile(join(directory, 'temporal'), 'the binary', { mode: 0o755 });
  await writeFile(join(directory, 'LICENSE'), 'not wanted');
  const archive = execFileSync('tar', ['-czf', '-', '-C', directory, 'LICENSE', 'temporal']);
  await rm(join(directory, 'temporal'));
  await rm(join(directory, 'LICENSE'));
  const { origin, asked } = await serveArchive(archive);

  const path = await downloadCli('v1.9.1', directory, hashOf(archive), origin);

  expect(await readFile(path, 'utf8')).toBe('the binary');
  expect(path).toBe(join(directory, 'temporal'));
  expect(asked[0]).toMatch(/^\/cli\/v1\.9\.1\?arch=(amd64|arm64)&platform=\w+&format=tar\.gz$/);
  await expect(readFile(join(directory, 'LICENSE'))).rejects.toThrow('ENOENT');
});

test('an archive that is none fails with what tar says', async () => {
  const page = Buffer.from('<html>captive portal</html>');
  const { origin } = await serveArchive(page);
  await expect(downloadCli('v1.9.1', directory, hashOf(page), origin)).rejects.toThrow('tar failed');
});

test('another archive than the pinned one is not unpacked (14.37)', async () => {
  await writeFile(join(directory, 'temporal'), 'another binary', { mode: 0o755 });
  const archive = execFileSync('tar', ['-czf', '-', '-C', directory, 'temporal']);
  await rm(join(directory, 'temporal'));
  const { origin } = await serveArchive(archive);
  const pinned = hashOf(Buffer.from('the right one'));
  await expect(downloadCli('v1.9.1', directory, pinned, origin)).rejects.toThrow(`instead of ${pinned}`);
  await expect(downloadCli('v1.9.1', directory, undefined, origin)).rejects.toThrow('is not known');
  await expect(readFile(join(directory, 'temporal'))).rejects.toThrow('ENOENT');
});

test('another answer than 200, and a dead address, fail at once', async () => {
  const origin = await serve((_request, response) => response.writeHead(403).end());
  await expect(downloadCli('v1.9.1', directory, ANY, origin)).rejects.toThrow('answered 403');
  const dead = `http://127.0.0.1:${await freePort()}`;
  await expect(downloadCli('v1.9.1', directory, ANY, dead)).rejects.toThrow('ECONNREFUSED');
});
