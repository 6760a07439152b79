/** A real browser for screenshots and page tests: the system's Chromium, without a download. */
import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';

const DEFAULT_PATH = '/usr/bin/chromium';

/** Without the sandbox (for root), the graphics card and the browser's own network calls. */
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** @throws Error with installation instructions if Chromium is missing */
export async function launchBrowser(): Promise<Browser> {
  const executablePath = process.env.CHROMIUM_PATH ?? DEFAULT_PATH;
  if (!existsSync(executablePath)) {
    throw new Error(
      `There is no Chromium at ${executablePath}. Install it with "apt-get install chromium", or say in CHROMIUM_PATH where it is.`,
    );
  }
  return chromium.launch({ executablePath, args: ARGUMENTS });
}
