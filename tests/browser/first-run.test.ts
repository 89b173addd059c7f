/** The first run, as an administrator walks through it on the page: check, preview, confirm, and the sync that follows. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { waitUntil } from '../support/wait-until.ts';
import { Company, fullNameOf } from './company.ts';

const staff = Array.from({ length: 120 }, (_, index) => `new${index}`);

test('the page leads through check, preview and confirmation, shows how far the first sync is, and then who has an account', async () => {
  await using company = await Company.create({
    staff,
    policy: { guard: { firstCreates: 3 } },
    lastpass: { batchSize: 5 },
  });
  const { stack } = company;
  await stack.simulator.settings({ latencyMs: 500 });
  stack.startAll();
  await stack.planned();
  await using visit = await company.visit('ada');
  const { page } = visit;
  const step = (title: string) =>
    page.getByRole('listitem').filter({ has: page.getByRole('heading', { level: 3, name: title }) });
  await page.getByRole('heading', { name: 'The first run' }).waitFor();
  const confirm = page.getByRole('button', { name: 'Confirm the first run' });
  assert.equal(await confirm.isDisabled(), true, 'without a preview nobody knows what they confirm');

  await step('Check both ends').getByRole('button', { name: 'Check' }).click();
  await page.getByRole('list', { name: 'What was found' }).getByText('corp', { exact: false }).first().waitFor();
  await step('Look at what it would do').getByRole('button', { name: 'Make a preview' }).click();
  await page.getByText(/\d+ accounts would be created/).waitFor({ timeout: 60_000 });
  await confirm.click();
  const dialog = page.getByRole('dialog', { name: /^Create 1\d\d accounts\?$/ });
  await dialog.getByText(fullNameOf('new50')).waitFor();
  await dialog.getByRole('button', { name: /^Create 1\d\d accounts$/ }).click();

  const progress = page.getByRole('progressbar', { name: 'Delivering to LastPass' });
  await progress.waitFor();
  const shares = new Set<string>();
  await waitUntil('the share to grow', async () => {
    shares.add((await progress.getAttribute('aria-valuenow')) ?? '');
    return shares.size > 2;
  });
  await page.getByText(/people a minute, about .* left/).waitFor();
  const linked = page.getByRole('list', { name: 'People' }).getByRole('link', { name: /^Linked/ });
  await linked.filter({ hasText: String(staff.length) }).waitFor({ timeout: 60_000 });
  assert.equal((await stack.simulator.state()).users.length, staff.length);
  await page.getByText('Nothing stands in the way of the sync.').waitFor();
  await progress.waitFor({ state: 'detached' });
});
