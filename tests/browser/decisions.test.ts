/** What an administrator decides on the page, and sees there of what happens meanwhile: on a real directory, with all services, one after the other. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { waitUntil } from '../support/wait-until.ts';
import { Company, fullNameOf, mailOf } from './company.ts';

const old = ['olga', 'oscar', 'odin', 'opal', 'osman', 'oriel'];
/** So soon the page shows what has happened, ms. */
const soonMs = 2_000;

describe('on the page', () => {
  let company: Company;
  before(async () => {
    company = await Company.create({
      staff: [...old, 'nina', 'nils'],
      policy: { onDetected: 'approve', guard: { maxLeavers: 1, maxLeaversPercent: 1 } },
    });
    const { stack } = company;
    await stack.simulator.seed({ users: old.map((name) => ({ username: mailOf(name), fullname: fullNameOf(name) })) });
    await company.hire('twin', { mail: mailOf('olga') });
    stack.startAll();
    await stack.settled();
  });
  after(async () => await company?.[Symbol.asyncDispose]());
  const accountOf = async (name: string) =>
    (await company.stack.simulator.state()).users.find(({ username }) => username === mailOf(name));

  test('a change in the directory is there within two seconds of its arrival, without reloading', async () => {
    await using visit = await company.visit('ada');
    const { page } = visit;
    const live = page.getByRole('list', { name: 'What was done last, the newest first' });
    await page.getByRole('banner').getByRole('status').filter({ hasText: 'Live' }).waitFor();
    await page.evaluate(() => Object.assign(globalThis, { neverReloaded: true }));
    await company.stack.admin.modify(company.dnOf('opal'), { displayName: 'Opal Renamed' });
    await waitUntil('LastPass to have it', async () => (await accountOf('opal'))?.fullname === 'Opal Renamed');
    const entry = live.getByRole('listitem').filter({ hasText: 'Opal Renamed' });
    await entry.filter({ hasText: 'renamed' }).first().waitFor({ timeout: soonMs });
    assert.equal(await page.evaluate(() => 'neverReloaded' in globalThis), true);
  });

  test('a pending person gets an account once they are approved, and another one doesn’t', async () => {
    await using visit = await company.visit('ada');
    const { page } = visit;
    await visit.goTo('Pending');
    await page.getByRole('checkbox', { name: new RegExp(`^Choose ${fullNameOf('nina')}`) }).check();
    await page.getByRole('button', { name: 'Approve…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Approve 1 person?' });
    await dialog.getByText(mailOf('nina')).waitFor();
    await dialog.getByRole('button', { name: 'Approve 1 person' }).click();
    await waitUntil('the account', async () => (await accountOf('nina')) !== undefined);
    const rows = page.getByRole('table', { name: 'People who wait for approval' }).getByRole('row');
    await rows.filter({ hasText: fullNameOf('nina') }).waitFor({ state: 'detached' });
    await rows.filter({ hasText: fullNameOf('nils') }).waitFor();
    assert.equal(await accountOf('nils'), undefined);
  });

  test('of those whom the guard holds two are released, and the others stay held', async () => {
    await using visit = await company.visit('ada', { to: '/held' });
    const { page } = visit;
    await page.getByText('Nobody is held.').waitFor();
    const leavers = ['oscar', 'odin', 'osman', 'oriel'];
    for (const name of leavers) await company.stack.admin.delete(company.dnOf(name));
    const table = page.getByRole('table', { name: 'People who are held' });
    for (const name of leavers)
      await table
        .getByRole('row')
        .filter({ hasText: fullNameOf(name) })
        .waitFor();
    for (const name of ['oscar', 'odin'])
      await page.getByRole('checkbox', { name: new RegExp(`^Choose ${fullNameOf(name)}`) }).check();
    await page.getByRole('button', { name: 'Release…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Release 2 people?' });
    for (const name of ['oscar', 'odin']) await dialog.getByText(fullNameOf(name)).waitFor();
    assert.equal(await dialog.getByText(fullNameOf('osman')).count(), 0);
    await dialog.getByRole('button', { name: 'Release 2 people' }).click();
    await waitUntil(
      'both to be disabled',
      async () => (await accountOf('oscar'))?.disabled && (await accountOf('odin'))?.disabled,
    );
    await table
      .getByRole('row')
      .filter({ hasText: fullNameOf('odin') })
      .waitFor({ state: 'detached' });
    await table
      .getByRole('row')
      .filter({ hasText: fullNameOf('osman') })
      .waitFor();
    assert.deepEqual([(await accountOf('osman'))?.disabled, (await accountOf('oriel'))?.disabled], [false, false]);
  });

  test('one finds out why somebody isn’t synced, and from whom they have their way into a group', async () => {
    await using visit = await company.visit('vera');
    const { page } = visit;
    await visit.goTo('People');
    await page.getByRole('searchbox', { name: 'Search' }).fill('twin');
    await page.getByRole('link', { name: fullNameOf('twin') }).click();
    await page.getByRole('heading', { level: 1, name: fullNameOf('twin') }).waitFor();
    const standing = page.getByRole('region', { name: 'How they stand' });
    await standing.getByText('set aside').first().waitFor();
    await standing.getByRole('status').filter({ hasText: /mail/ }).waitFor();
    await page.getByText('In scope.').waitFor();
    await page.getByRole('link', { name: fullNameOf('olga') }).waitFor();
  });

  test('a preview shows what a full sync would do, of whom one looks for, and is saved for a spreadsheet', async () => {
    await using visit = await company.visit('ada');
    const { page } = visit;
    await visit.goTo('Preview');
    await page.getByRole('button', { name: 'Make a preview' }).click();
    const rows = page.getByRole('table', { name: 'What would be done for whom' }).getByRole('row');
    const leaver = rows.filter({ hasText: fullNameOf('osman') });
    await leaver.filter({ hasText: 'held' }).waitFor({ timeout: 60_000 });
    await page.getByRole('searchbox', { name: 'Search' }).fill('osman');
    await rows.filter({ hasText: fullNameOf('nils') }).waitFor({ state: 'detached' });
    await leaver.waitFor();
    assert.match(await savedBy(page, 'Save as CSV'), /osman@company\.test/);
    assert.match(await savedBy(page, 'Save as JSON'), /"username": "osman@company\.test"/);
  });

  test('the audit trail tells who has decided, and is saved as a file', async () => {
    await using visit = await company.visit('ada');
    const { page } = visit;
    await visit.goTo('Audit trail');
    const rows = page.getByRole('table', { name: 'What was changed, the newest first' }).getByRole('row');
    const approved = rows.filter({ hasText: 'ada@example.test' }).filter({ hasText: fullNameOf('nina') });
    await approved.first().waitFor();
    const trail = await savedBy(page, 'CSV');
    assert.match(trail, /ada@example\.test.*approved/);
  });
});

/** What is saved at the press of a button. */
async function savedBy(page: Page, name: string): Promise<string> {
  const saving = page.waitForEvent('download');
  await page.getByRole('button', { name }).click();
  return await readFile(await (await saving).path(), 'utf8');
}
