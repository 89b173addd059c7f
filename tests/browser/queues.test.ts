/** The way from the page to the queues, and what one finds there of a job that failed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failJob } from '../console/failed-job.ts';
import { putManyPeople } from '../console/many-people.ts';
import { Workplace } from '../console/workplace.ts';
import { openPages, token } from './pages-on.ts';
import { launchBrowser, Visit } from './visit.ts';

test('a job that failed is found among the queues, without the people it is about, and its page loads nothing from elsewhere', async () => {
  await using place = await Workplace.create();
  await putManyPeople(place, { everybody: 1_000, listed: 10 });
  await failJob(place, 'somebody-in-particular');
  await using pages = await openPages(place);
  await using browser = await launchBrowser();
  await using visit = await Visit.begin(browser, pages.origin);
  const { page } = visit;
  await visit.signInWithToken(token);
  await page.getByRole('navigation', { name: 'Parts of the page' }).getByRole('link', { name: 'Queues' }).click();
  await page.waitForURL('**/queues/**');
  await page.getByRole('link', { name: 'people-to-plan' }).first().click();
  await page
    .getByRole('link', { name: /failed/i })
    .first()
    .click();
  await page.getByText('The service that answered has told it in its log.').first().waitFor();
  assert.ok(!(await page.content()).includes('somebody-in-particular'));
});
