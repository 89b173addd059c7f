/** Somebody's visit to the console in a real browser. Whatever the page complains of, or asks of another host, fails the test. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

/** As Debian has it; `./setup --tests` installs it. */
const executablePath = '/usr/bin/chromium';
const withinMs = 20_000;

export type VisitOptions = Pick<BrowserContextOptions, 'colorScheme' | 'viewport' | 'reducedMotion'>;

/** A browser without a window, and without the sandbox where it runs as root, who has none. @throws Error where there is none */
export async function launchBrowser(): Promise<Browser> {
  if (!existsSync(executablePath)) throw new Error(`there is no ${executablePath}: run ./setup --tests`);
  return await chromium.launch({ executablePath, chromiumSandbox: process.getuid?.() !== 0 });
}

export class Visit implements AsyncDisposable {
  readonly page: Page;
  readonly #context: BrowserContext;
  readonly #troubles: string[] = [];
  readonly #expected: RegExp[] = [];

  private constructor(context: BrowserContext, page: Page, origin: string) {
    this.#context = context;
    this.page = page;
    page.setDefaultTimeout(withinMs);
    // What the security policy forbids is an error on the console, too.
    page.on('console', (message) => {
      if (message.type() === 'error') this.#troubles.push(`${message.text()} (${message.location().url})`);
    });
    page.on('pageerror', (error) => this.#troubles.push(String(error.stack ?? error)));
    page.on('request', (request) => {
      const url = new URL(request.url());
      if (url.origin !== origin && /^(?:https?|wss?):$/.test(url.protocol)) this.#troubles.push(`asked ${url.origin}`);
    });
  }

  /** Comes with a browser that knows nothing yet. @param origin of the console */
  static async begin(browser: Browser, origin: string, options: VisitOptions = {}): Promise<Visit> {
    const context = await browser.newContext({ baseURL: origin, viewport: { width: 1366, height: 768 }, ...options });
    return new Visit(context, await context.newPage(), origin);
  }

  /** Says that the page may complain so. */
  expects(trouble: RegExp): void {
    this.#expected.push(trouble);
  }

  /** What the page has complained of so far, unexpectedly. */
  get troubles(): string[] {
    return this.#troubles.filter((trouble) => !this.#expected.some((each) => each.test(trouble)));
  }

  /** Signs in as somebody of Active Directory, and waits for the page. */
  async signIn(user: string, password: string, { to = '/' } = {}): Promise<void> {
    const { page } = this;
    await page.goto(to);
    await page.getByLabel('Name, as in Active Directory').fill(user);
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByRole('button', { name: /^Signed in as / }).waitFor();
  }

  /** Signs in with a token, where there is no other way, and waits for the page. */
  async signInWithToken(token: string, { to = '/' } = {}): Promise<void> {
    const { page } = this;
    await page.goto(to);
    await page.getByLabel('Token', { exact: true }).fill(token);
    await page.getByRole('button', { name: 'Sign in with a token' }).click();
    await page.getByRole('button', { name: /^Signed in as / }).waitFor();
  }

  /** Goes to a part of the page by its link, and waits for its heading. */
  async goTo(label: string): Promise<void> {
    const navigation = this.page.getByRole('navigation', { name: 'Parts of the page' });
    await navigation.getByRole('link', { name: new RegExp(`^${label}`) }).click();
    await this.page.getByRole('heading', { level: 1, name: label }).waitFor();
  }

  /** Ends it. @throws AssertionError where the page had something to complain of */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#context.close();
    assert.deepEqual(this.troubles, [], 'the page complains');
  }
}
