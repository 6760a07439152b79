/** What is photographed: one entry for each picture in docs/images. */
import type { BrowserContextOptions, FrameLocator, Page } from 'playwright-core';
import type { Scene } from './screenshots-scene';

export interface Shot {
  /** Of the file, without its ending. */
  name: string;
  /** Height of the picture; what is longer is cut off below. */
  height: number;
  width?: number;
  dark?: true;
  /** Brings the page to where it is worth a picture. */
  show(page: Page, scene: Scene): Promise<void>;
}

const WIDTH = 1200;

const shots: Shot[] = [
  { name: 'page-orders', height: 1180, show: (page, scene) => enter(page, scene, '#/') },
  { name: 'page-order', height: 1500, show: (page, scene) => showOrder(page, scene, scene.troubled) },
  {
    name: 'page-order-timeline',
    height: 820,
    async show(page, scene) {
      await showOrder(page, scene, scene.finished);
      await page.getByRole('heading', { name: 'Picture' }).evaluate(scrolled);
    },
  },
  {
    name: 'page-parked',
    height: 430,
    async show(page, scene) {
      await enter(page, scene, '#/parked');
      await page.getByRole('link', { name: scene.parked }).waitFor();
    },
  },
  {
    name: 'page-phone',
    width: 390,
    height: 844,
    show: (page, scene) => showOrder(page, scene, scene.running),
  },
  {
    name: 'page-dark',
    height: 1000,
    dark: true,
    show: (page, scene) => showOrder(page, scene, scene.running),
  },
  {
    name: 'api-docs',
    height: 900,
    async show(page, { stack }) {
      await page.goto(`${stack.url}/docs`);
      await page.getByText('/portfolio-orders/{referenceOrId}', { exact: true }).waitFor();
    },
  },
  {
    name: 'esw-simulator',
    height: 620,
    async show(page, { stack, finished }) {
      await page.goto(stack.esw.url);
      await page.getByRole('heading', { name: finished.reference }).evaluate(scrolled);
    },
  },
  { name: 'temporal-workflows', width: 1440, height: 580, show: showWorkflows },
  {
    name: 'temporal-running',
    width: 1440,
    height: 960,
    show: (page, scene) => showWorkflow(page, scene, scene.running),
  },
  {
    name: 'temporal-finished',
    width: 1440,
    height: 960,
    show: (page, scene) => showWorkflow(page, scene, scene.finished),
  },
  {
    name: 'temporal-troubled',
    width: 1440,
    height: 960,
    show: (page, scene) => showWorkflow(page, scene, scene.troubled),
  },
  {
    name: 'temporal-history',
    width: 1440,
    height: 640,
    async show(page, scene) {
      await page.goto(workflowUrl(scene, scene.troubled.portfolioOrderId));
      await openSteps(page, 'Timeline');
    },
  },
];

/** The pictures of these names, all of them where none is named. */
export function shotsNamed(names: readonly string[]): Shot[] {
  return shots.filter(({ name }) => names.length === 0 || names.includes(name));
}

/** What Playwright has to know before a page is opened. */
export function contextOf({ width = WIDTH, height, dark }: Shot): BrowserContextOptions {
  return { viewport: { width, height }, colorScheme: dark === true ? 'dark' : 'light' };
}

/** Address of the order's workflow in the Temporal Web UI. */
function workflowUrl(
  { uiUrl, namespace }: Pick<Scene, 'uiUrl' | 'namespace'>,
  portfolioOrderId: string,
): string {
  const workflowId = encodeURIComponent(`portfolio-order/${portfolioOrderId}`);
  return `${uiUrl}/namespaces/${namespace}/workflows/${workflowId}`;
}

/** Of an open workflow, a tab that says of each activity and timer what it is for. */
export async function openSteps(page: Page, tab: 'Timeline' | 'Event History'): Promise<void> {
  await page.getByRole('tab', { name: tab }).click();
  // The Web UI draws the steps once they are in view.
  await page.getByRole('heading', { name: tab }).evaluate(scrolled);
  await page.getByText('Tell ESW').first().waitFor();
}

/** Opens an order's workflow, and there the tab with its summary and its current details. */
export async function openUserMetadata(
  page: Page,
  scene: Pick<Scene, 'uiUrl' | 'namespace'>,
  portfolioOrderId: string,
): Promise<void> {
  await page.goto(workflowUrl(scene, portfolioOrderId));
  await page.getByText('User Metadata', { exact: true }).click();
  await currentDetails(page).locator('p').first().waitFor();
}

/** The Web UI shows Markdown in frames, of which this one comes first. */
export function summary(page: Page): FrameLocator {
  return page.locator('iframe').first().contentFrame();
}

/** The frame that comes last. */
export function currentDetails(page: Page): FrameLocator {
  return page.locator('iframe').last().contentFrame();
}

/** Brings the top of an element to the top of the page. */
function scrolled(element: unknown): void {
  (element as { scrollIntoView(): void }).scrollIntoView();
}

async function enter(page: Page, { stack }: Scene, hash: string): Promise<void> {
  await page.goto(`${stack.url}/${hash}`);
  await page.getByLabel('API token').fill(stack.tokens.operate);
  // By mouse: after a key, the heading would be ringed as what the keyboard is at.
  await page.getByRole('button', { name: 'Enter' }).click();
  await page.getByRole('button', { name: 'Use another token' }).waitFor();
  await page.getByText('Loading …').first().waitFor({ state: 'detached' });
}

async function showOrder(page: Page, scene: Scene, { reference }: { reference: string }): Promise<void> {
  await enter(page, scene, `#/orders/${reference}`);
  await page.getByRole('img', { name: /Lanes over time/ }).waitFor();
}

async function showWorkflow(
  page: Page,
  scene: Scene,
  { portfolioOrderId, reference }: { portfolioOrderId: string; reference: string },
): Promise<void> {
  await openUserMetadata(page, scene, portfolioOrderId);
  await currentDetails(page).getByText(reference).first().waitFor();
}

/** The orders with columns of our search attributes, chosen as a user chooses them. */
async function showWorkflows(page: Page, { uiUrl, namespace, troubled }: Scene): Promise<void> {
  const query = encodeURIComponent("WorkflowType = 'portfolioOrder' AND Attention IS NOT NULL");
  await page.goto(`${uiUrl}/namespaces/${namespace}/workflows?query=${query}`);
  await page.getByTestId('workflows-summary-table-configuration-button').click();
  for (const column of ['Run ID', 'Type', 'Start', 'End', 'Workflow ID']) {
    await page.getByRole('button', { name: `Remove ${column} column`, exact: true }).click();
  }
  for (const column of [
    'OrderReference',
    'PortfolioOrderStatus',
    'Attention',
    'CashAmount',
    'SettlementDue',
    'Workflow ID',
  ]) {
    await page.getByRole('button', { name: `Add ${column} column`, exact: true }).click();
  }
  await page.getByRole('button', { name: /^Close Workflows Table/ }).click();
  await page.getByText(troubled.reference).first().waitFor();
}
