/** The policy on the page: what another one would do is seen before it is in force, and there is a way back. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { connector, heldPeople } from '../acceptance/held.ts';
import { waitUntil } from '../support/wait-until.ts';
import { Company, fullNameOf, mailOf } from './company.ts';

const staff = ['pia', 'paul', 'petra'];

describe('the policy on the page', () => {
  let company: Company;
  before(async () => {
    company = await Company.create({ staff });
    await company.stack.simulator.seed({
      users: staff.map((name) => ({ username: mailOf(name), fullname: fullNameOf(name) })),
    });
    company.stack.startAll();
    await company.stack.settled();
  });
  after(async () => await company?.[Symbol.asyncDispose]());

  test('who would lose access by a change is named before it is in force, is held then, and not any more once it is rolled back', async () => {
    await using visit = await company.visit('ada');
    const { page } = visit;
    await visit.goTo('Policy');
    const excluded = page.getByRole('textbox', { name: 'Add a name to excludeUsers' });
    await excluded.fill('pia');
    await excluded.press('Enter');
    await page.getByRole('button', { name: 'Show what it would do' }).click();
    const leavers = page.getByRole('region', { name: /^Would lose access, once somebody has released it: 1 person/ });
    await leavers.getByText(fullNameOf('pia')).waitFor();
    await page.getByRole('button', { name: 'Bring into force' }).click();
    const dialog = page.getByRole('dialog', { name: 'Bring this policy into force?' });
    await dialog.getByText(mailOf('pia')).waitFor();
    assert.equal(await dialog.getByText(mailOf('paul')).count(), 0);
    await dialog.getByRole('button', { name: 'Bring into force' }).click();
    await page.getByText('Policy 2 is in force.').waitFor();
    await waitUntil('pia to be held', async () => (await heldPeople(company.stack)).has(mailOf('pia')));
    await company.stack.settled();
    await page.getByRole('button', { name: 'Roll back to policy 1' }).click();
    await page.getByRole('region', { name: /^Would not wait for a word any more: 1 person/ }).waitFor();
    await page.getByRole('button', { name: 'Bring into force' }).click();
    await dialog.getByRole('button', { name: 'Bring into force' }).click();
    await page.getByText('Policy 3 is in force.').waitFor();
    await waitUntil('nobody to be held', async () => (await heldPeople(company.stack)).size === 0);
    await company.stack.settled();
  });

  test('what was compared with a policy that is in force no more is not brought into force, and is asked about again', async () => {
    await using visit = await company.visit('ada', { to: '/policy' });
    visit.expects(/status of 409/);
    const { page } = visit;
    await page.getByLabel('Leavers in an hour').fill('12');
    await page.getByRole('button', { name: 'Show what it would do' }).click();
    await page.getByText('This would change nothing for anybody.').waitFor();
    await connector(company.stack, 'policy', 'set', 'guard.maxLeaversHard=77', '--yes');
    await page.getByRole('button', { name: 'Bring into force' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Bring into force' }).click();
    await page.getByText('Another policy is in force by now, and nothing was changed.').waitFor();
    await page.getByRole('button', { name: 'Show what it would do now' }).click();
    await page.getByRole('button', { name: 'Bring into force' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Bring into force' }).click();
    await page.getByText(/^Policy \d+ is in force\.$/).waitFor();
    const { policy } = JSON.parse(await connector(company.stack, 'policy', '--json')) as {
      policy: { guard: { maxLeavers: number; maxLeaversHard: number } };
    };
    assert.deepEqual([policy.guard.maxLeavers, policy.guard.maxLeaversHard], [12, 77]);
  });

  test('what can’t be meant isn’t asked about, and what was begun is still there after a look elsewhere', async () => {
    await using visit = await company.visit('ada', { to: '/policy' });
    const { page } = visit;
    await page.getByLabel('Share of all people').fill('101');
    await page.getByText('Write a number from 0 to 100.').waitFor();
    assert.equal(await page.getByRole('button', { name: 'Show what it would do' }).isDisabled(), true);
    await visit.goTo('Overview');
    await visit.goTo('Policy');
    assert.equal(await page.getByLabel('Share of all people').inputValue(), '101');
    await page.getByRole('button', { name: 'Discard' }).click();
    assert.equal(await page.getByLabel('Share of all people').inputValue(), '5');
  });

  test('a viewer sees it all, and changes nothing', async () => {
    await using visit = await company.visit('vera');
    const { page } = visit;
    await visit.goTo('Policy');
    await page.getByText('You are signed in as a viewer: an administrator can change it.').waitFor();
    await page.getByText('Disable it').first().waitFor();
    assert.equal(await page.getByRole('textbox').count(), 0);
    assert.equal(await page.getByRole('combobox').count(), 0);
    const rollBack = page.getByRole('button', { name: 'Roll back to policy 1' });
    assert.equal(await rollBack.getAttribute('aria-disabled'), 'true');
  });
});
