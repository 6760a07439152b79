/** One entry per screenshot in docs/images. */
import type { BrowserContextOptions, FrameLocator, Page } from 'playwright-core';
import type { Scene } from './scene';

export interface Shot {
  /** File name without extension. */
  name: string;
  /** Height of the screenshot; longer pages are cut off. */
  height: number;
  width?: number;
  dark?: true;
  /** Prepares the page for the screenshot. */
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
      await page.getByRole('heading', { name: 'Timeline chart' }).evaluate(scrolled);
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

/** The screenshots with these names, or all. */
export function shotsNamed(names: readonly string[]): Shot[] {
  return shots.filter(({ name }) => names.length === 0 || names.includes(name));
}

/** Playwright's options of a page. */
export function contextOf({ width = WIDTH, height, dark }: Shot): BrowserContextOptions {
  return { viewport: { width, height }, colorScheme: dark === true ? 'dark' : 'light' };
}

/** URL of the order's workflow in the Temporal Web UI. */
function workflowUrl(
  { uiUrl, namespace }: Pick<Scene, 'uiUrl' | 'namespace'>,
  portfolioOrderId: string,
): string {
  const workflowId = encodeURIComponent(`portfolio-order/${portfolioOrderId}`);
  return `${uiUrl}/namespaces/${namespace}/workflows/${workflowId}`;
}

/** Opens a tab of a workflow page that shows summaries of activities and timers. */
export async function openSteps(page: Page, tab: 'Timeline' | 'Event History'): Promise<void> {
  await page.getByRole('tab', { name: tab }).click();
  // The Web UI renders the steps once they are visible.
  await page.getByRole('heading', { name: tab }).evaluate(scrolled);
  await page.getByText('Send to ESW').first().waitFor();
}

/** Opens the tab with summary and current details of an order's workflow. */
export async function openUserMetadata(
  page: Page,
  scene: Pick<Scene, 'uiUrl' | 'namespace'>,
  portfolioOrderId: string,
): Promise<void> {
  await page.goto(workflowUrl(scene, portfolioOrderId));
  await page.getByText('User Metadata', { exact: true }).click();
  await currentDetails(page).locator('p').first().waitFor();
}

/** The first of the frames in which the Web UI shows Markdown. */
export function summary(page: Page): FrameLocator {
  return page.locator('iframe').first().contentFrame();
}

/** The last such frame. */
export function currentDetails(page: Page): FrameLocator {
  return page.locator('iframe').last().contentFrame();
}

/** Scrolls an element to the top of the page. */
function scrolled(element: unknown): void {
  (element as { scrollIntoView(): void }).scrollIntoView();
}

async function enter(page: Page, { stack }: Scene, hash: string): Promise<void> {
  await page.goto(`${stack.url}/${hash}`);
  await page.getByLabel('API token').fill(stack.tokens.operate);
  // By mouse: after a key, the heading would be ringed as what the keyboard is at.
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('button', { name: 'Sign out' }).waitFor();
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

/** Shows our search attributes as columns of the list, as a user would. */
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
