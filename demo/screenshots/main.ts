/** `npm run screenshots`: starts the whole product with a dozen orders and takes the documents' screenshots. */
import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Browser } from 'playwright-core';
import { launchBrowser } from './browser';
import { contextOf, shotsNamed, type Shot } from './pages';
import { startScene, type Scene } from './scene';

const out = (line: string): void => void process.stdout.write(`${line}\n`);
// From `dist/demo/screenshots`.
const DIRECTORY = resolve(__dirname, '../../../docs/images');
const LIMIT_MS = 20_000;
/** Wait for animations after loading: redrawn charts, closing drawers. */
const CALM_MS = 1_200;

async function photograph(browser: Browser, scene: Scene, shot: Shot): Promise<void> {
  const context = await browser.newContext(contextOf(shot));
  try {
    context.setDefaultTimeout(LIMIT_MS);
    const page = await context.newPage();
    await shot.show(page, scene);
    await page.waitForTimeout(CALM_MS);
    await page.screenshot({ path: resolve(DIRECTORY, `${shot.name}.png`), animations: 'disabled' });
    out(`docs/images/${shot.name}.png`);
  } finally {
    await context.close();
  }
}

/** @param names of the screenshots to take; none for all */
async function main(names: string[]): Promise<void> {
  const browser = await launchBrowser();
  try {
    await mkdir(DIRECTORY, { recursive: true });
    const scene = await startScene(out);
    try {
      for (const shot of shotsNamed(names)) await photograph(browser, scene, shot);
    } finally {
      await scene.stop();
    }
  } finally {
    await browser.close();
  }
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
});
