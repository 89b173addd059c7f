/** Signing in to the console with a browser, as somebody of a real Active Directory. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Company, password } from './company.ts';

describe('signing in', () => {
  let company: Company;
  before(async () => {
    company = await Company.create();
  });
  after(async () => await company?.[Symbol.asyncDispose]());

  test('an administrator gets to where they wanted to go, is named, may steer, and signs out', async () => {
    await using visit = await company.visit('ada', { to: '/held?from=mail' });
    visit.expects(/status of 40[19]/); // once signed out, and as long as nothing was read
    const { page } = visit;
    await page.getByRole('heading', { level: 1, name: 'Held' }).waitFor();
    assert.equal(page.url(), `${company.origin}/held?from=mail`);
    await visit.goTo('Overview');
    const pause = page.getByRole('button', { name: 'Pause' });
    assert.notEqual(await pause.getAttribute('aria-disabled'), 'true');
    await pause.click();
    const dialog = page.getByRole('dialog', { name: 'Pause all deliveries?' });
    await dialog.getByRole('button', { name: 'Pause' }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Resume' }).click();
    await pause.waitFor();
    await page.getByRole('button', { name: 'Signed in as ada@example.test, administrator' }).click();
    await page.getByRole('menuitem', { name: 'Sign out', exact: true }).click();
    await page.waitForURL('**/sign-in');
    await page.goto('/held');
    assert.match(page.url(), /\/sign-in\?to=%2Fheld$/);
  });

  test('a viewer sees how everything is, may change nothing, and is told why', async () => {
    await using visit = await company.visit('vera');
    visit.expects(/status of 409/); // as long as nothing was read
    const { page } = visit;
    await page.getByRole('button', { name: 'Signed in as vera@example.test, viewer' }).waitFor();
    for (const name of ['Sync now', 'Full sync', 'Pause']) {
      const button = page.getByRole('button', { name });
      assert.equal(await button.getAttribute('aria-disabled'), 'true', name);
      await button.focus();
      await page.getByRole('tooltip').first().waitFor();
    }
    assert.equal(await page.getByRole('link', { name: 'Audit trail' }).count(), 0);
  });

  test('whoever is in neither group is told so, and a wrong password is called one', async () => {
    await using visit = await company.begin();
    visit.expects(/status of 40[13]/);
    const { page } = visit;
    const told = page.getByRole('alert');
    for (const [user, given, words] of [
      ['otto', password, /otto@example\.test is in neither of the groups/],
      ['ada', 'Wrong-password1', /password/],
    ] as const) {
      await page.goto('/');
      await page.getByLabel('Name, as in Active Directory').fill(user);
      await page.getByLabel('Password').fill(given);
      await page.getByRole('button', { name: 'Sign in', exact: true }).click();
      await told.filter({ hasText: words }).waitFor();
    }
  });
});
