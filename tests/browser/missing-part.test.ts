/** A part of the page whose code can't be loaded, as after an upgrade of the console that somebody's open page doesn't know of. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { putManyPeople } from '../console/many-people.ts';
import { Workplace } from '../console/workplace.ts';
import { openPages, token } from './pages-on.ts';
import { launchBrowser, Visit } from './visit.ts';

test('a part whose code can’t be loaded says so, isn’t asked for again and again, and leaves the other parts standing', async () => {
  await using stack = new AsyncDisposableStack();
  const place = stack.use(await Workplace.create());
  await putManyPeople(place, { everybody: 1_000, listed: 20 });
  const pages = stack.use(await openPages(place));
  const browser = await launchBrowser();
  stack.defer(() => browser.close());
  const visit = stack.use(await Visit.begin(browser, pages.origin));
  const { page } = visit;
  visit.expects(/ERR_FAILED|dynamically imported module/);
  await visit.signInWithToken(token);
  await page.getByRole('list', { name: 'People' }).waitFor();
  let asked = 0;
  await page.route('**/assets/held-*.js', (route) => {
    asked++;
    return route.abort();
  });
  const navigation = page.getByRole('navigation', { name: 'Parts of the page' });
  await navigation.getByRole('link', { name: /^Held/ }).click();
  await page.getByText('This part of the page can’t be shown').waitFor();
  const askedUntilTold = asked; // by a preload, and by the import
  await visit.goTo('People');
  await page.getByRole('row').nth(1).waitFor();
  assert.equal(asked, askedUntilTold);
});
