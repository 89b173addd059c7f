/** Nobody is kept from using the page: by what they see of it, or by having a keyboard alone. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import axe from 'axe-core';
import type { Browser, Locator, Page } from 'playwright-core';
import { pagePaths } from '../../services/console/src/service/page-paths.ts';
import { putManyPeople } from '../console/many-people.ts';
import { Workplace } from '../console/workplace.ts';
import { waitUntil } from '../support/wait-until.ts';
import { type OpenPages, openPages, token } from './pages-on.ts';
import { launchBrowser, Visit } from './visit.ts';

const somebody = 'corp/00000000-0000-4000-8000-000000000001';
const paths = [...pagePaths.filter((path) => !path.includes('*')), `/people/${somebody}`];
const phone = { width: 390, height: 844 };

describe('the page', () => {
  let place: Workplace;
  let pages: OpenPages;
  let browser: Browser;
  before(async () => {
    place = await Workplace.create();
    await putManyPeople(place, { everybody: 1_000, listed: 20 });
    pages = await openPages(place);
    browser = await launchBrowser();
  });
  after(async () => {
    await browser?.close();
    await pages?.[Symbol.asyncDispose]();
    await place?.[Symbol.asyncDispose]();
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    test(`has nothing serious that axe-core finds, on any part, ${colorScheme}`, async () => {
      await using visit = await Visit.begin(browser, pages.origin, { colorScheme, reducedMotion: 'reduce' });
      const { page } = visit;
      await page.goto('/sign-in');
      const found = await seriousOn(page);
      await visit.signInWithToken(token);
      for (const path of paths) {
        await page.goto(path);
        await isStill(page);
        found.push(...(await seriousOn(page)));
      }
      assert.deepEqual(found, []);
    });

    test(`has nothing serious on a phone, with its navigation open, and in a dialog, ${colorScheme}`, async () => {
      await using visit = await Visit.begin(browser, pages.origin, {
        colorScheme,
        reducedMotion: 'reduce',
        viewport: phone,
      });
      const { page } = visit;
      await visit.signInWithToken(token);
      const found: string[] = [];
      for (const path of paths) {
        await page.goto(path);
        await isStill(page);
        const overflow = await page.evaluate(
          'document.documentElement.scrollWidth - document.documentElement.clientWidth',
        );
        assert.equal(overflow, 0, `${path} is wider than the phone`);
        found.push(...(await seriousOn(page)));
      }
      await page.getByRole('button', { name: 'Open the navigation' }).click();
      await page
        .getByRole('dialog')
        .getByRole('link', { name: /^Overview/ })
        .waitFor();
      found.push(...(await seriousOn(page)));
      await page
        .getByRole('dialog')
        .getByRole('link', { name: /^Overview/ })
        .click();
      await page.getByRole('button', { name: 'Pause' }).click();
      await page.getByRole('dialog', { name: 'Pause all deliveries?' }).waitFor();
      found.push(...(await seriousOn(page)));
      assert.deepEqual(found, []);
    });
  }

  test('is used with the keyboard alone: somebody signs in, goes to Held, thinks better of it, and then releases one', async () => {
    await using visit = await Visit.begin(browser, pages.origin);
    const { page } = visit;
    const { keyboard } = page;
    await page.goto('/');
    await tabTo(page, page.getByLabel('Token', { exact: true }));
    await keyboard.type(token);
    await keyboard.press('Enter');
    const navigation = page.getByRole('navigation', { name: 'Parts of the page' });
    await navigation.waitFor();
    await tabTo(page, page.getByRole('link', { name: 'Skip to the content' }));
    await tabTo(page, navigation.getByRole('link', { name: /^Held/ }));
    await keyboard.press('Enter');
    await isFocused(page.getByRole('heading', { level: 1, name: 'Held' }));
    const choice = page.getByRole('checkbox', { name: /^Choose Person/ }).first();
    await choice.waitFor();
    const label = (await choice.getAttribute('aria-label')) ?? '';
    await tabTo(page, choice);
    await keyboard.press('Space');
    const release = page.getByRole('button', { name: 'Release…' });
    await release.waitFor();
    await tabTo(page, release, { back: true });
    await keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Release 1 person?' });
    await isFocused(dialog.getByRole('button', { name: 'Cancel' }));
    await keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await isFocused(release);
    await keyboard.press('Enter');
    await tabTo(page, dialog.getByRole('button', { name: 'Release 1 person' }));
    await keyboard.press('Enter');
    await page
      .getByRole('status')
      .filter({ hasText: /released/i })
      .waitFor();
    await page.getByRole('checkbox', { name: label, exact: true }).waitFor({ state: 'detached' });
  });
});

/** What axe-core finds serious or worse, in a line each. */
async function seriousOn(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  // What passes isn't written down node by node: that takes most of the time.
  const { violations } = (await page.evaluate('axe.run({ resultTypes: ["violations"] })')) as axe.AxeResults;
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${new URL(page.url()).pathname} ${id}: ${html} ${failureSummary ?? ''}`),
    );
}

/** Waits until a part shows what it has to show. */
async function isStill(page: Page): Promise<void> {
  await page.getByRole('heading', { level: 1 }).waitFor();
  await waitUntil('it all to be there', () =>
    page.evaluate('document.querySelector("[aria-busy=true], [data-loading]") === null'),
  );
}

/** Goes on with Tab until something has the focus. @throws Error when it is never reached */
async function tabTo(page: Page, target: Locator, { back = false } = {}): Promise<void> {
  for (let step = 0; step < 100; step++) {
    if (await hasFocus(target)) return;
    await page.keyboard.press(back ? 'Shift+Tab' : 'Tab');
  }
  throw new Error(`the keyboard doesn't reach ${target}`);
}

const hasFocus = async (target: Locator): Promise<boolean> =>
  (await target.count()) > 0 && (await target.evaluate((element) => element === element.ownerDocument.activeElement));

async function isFocused(target: Locator): Promise<void> {
  await target.waitFor();
  await waitUntil(`${target} to have the focus`, () => hasFocus(target));
}
