/** A real browser for pictures and tests of pages: the Chromium of the system, without a download. */
import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';

const DEFAULT_PATH = '/usr/bin/chromium';

/** Nothing that is not about the page: no sandbox for root, no graphics card, no calls of the browser's own. */
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** @throws Error that says how to get Chromium, where there is none */
export async function launchBrowser(): Promise<Browser> {
  const executablePath = process.env.CHROMIUM_PATH ?? DEFAULT_PATH;
  if (!existsSync(executablePath)) {
    throw new Error(
      `There is no Chromium at ${executablePath}. Install it with "apt-get install chromium", or say in CHROMIUM_PATH where it is.`,
    );
  }
  return chromium.launch({ executablePath, args: ARGUMENTS });
}
