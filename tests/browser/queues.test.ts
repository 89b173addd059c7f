/** The way from the page to the queues, what one finds there of a job that failed, and that it can be tried again. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answerBells } from '@connector/shared/queues.ts';
import { failJob } from '../console/failed-job.ts';
import { putManyPeople } from '../console/many-people.ts';
import { Workplace } from '../console/workplace.ts';
import { waitUntil } from '../support/wait-until.ts';
import { openPages, token } from './pages-on.ts';
import { launchBrowser, Visit } from './visit.ts';

test('a job that failed is found among the queues, without the people it is about, is tried again, and its page loads nothing from elsewhere', async () => {
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

  const answered: unknown[] = [];
  const answering = answerBells('people-to-plan', {
    target: { url: place.redis.url },
    prefix: place.store.keys.queues,
    concurrency: 1,
    onError: () => undefined,
    answer: async ({ people }) => void answered.push(people),
  });
  try {
    await page.getByRole('button', { name: 'Retry all' }).click();
    await page.getByRole('button', { name: 'Confirm' }).click();
    await waitUntil('the job to be answered', async () => answered.length === 1);
    assert.deepEqual(answered, [['corp/somebody-in-particular', 'corp/x']]);
    await page.getByText('The service that answered has told it in its log.').waitFor({ state: 'detached' });
  } finally {
    await answering.close();
  }
});
