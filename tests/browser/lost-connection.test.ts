/** The console goes away and comes back while somebody has its page open. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connector } from '../acceptance/held.ts';
import { Company } from './company.ts';

test('a lost connection is told, and so is its return, after which the page shows what has changed without being reloaded', async () => {
  await using company = await Company.create();
  await using visit = await company.visit('ada');
  const { page } = visit;
  const state = (words: string) => page.getByRole('banner').getByRole('status').filter({ hasText: words });
  await state('Live').waitFor();
  await page.getByRole('button', { name: 'Pause' }).waitFor();
  await page.evaluate(() => Object.assign(globalThis, { neverReloaded: true }));
  visit.expects(
    /ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_INCOMPLETE_CHUNKED_ENCODING|ERR_EMPTY_RESPONSE|status of (?:409|50\d)/,
  );
  await company.closeConsole();
  await state('Connection lost').waitFor();
  await page.getByRole('alert').filter({ hasText: 'doesn’t answer' }).waitFor();
  await connector(company.stack, 'pause');
  await company.openConsole();
  await state('Live').waitFor();
  await page.getByRole('alert').filter({ hasText: 'doesn’t answer' }).waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Resume' }).waitFor();
  assert.equal(await page.evaluate(() => 'neverReloaded' in globalThis), true);
});

test('a session that is over leads to where one signs in, and back', async () => {
  await using company = await Company.create();
  await using visit = await company.visit('ada', { to: '/held' });
  visit.expects(/status of 40[19]/);
  const { redis } = company.stack.store;
  for (const key of await redis.keys('*:session:*')) await redis.del(key);
  await visit.page.waitForURL(/\/sign-in\?to=%2Fheld$/);
});
