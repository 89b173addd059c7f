/** What helps on the page when something is wrong, and what is for administrators alone. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { putManyPeople } from '../console/many-people.ts';
import { Workplace } from '../console/workplace.ts';
import { type OpenPages, openPages, token } from './pages-on.ts';
import { launchBrowser, Visit } from './visit.ts';

describe('the diagnostics on the page', () => {
  let place: Workplace;
  let pages: OpenPages;
  let browser: Browser;
  before(async () => {
    place = await Workplace.create();
    await putManyPeople(place, { everybody: 1_000, listed: 10 });
    pages = await openPages(place);
    browser = await launchBrowser();
  });
  after(async () => {
    await browser?.close();
    await pages?.[Symbol.asyncDispose]();
    await place?.[Symbol.asyncDispose]();
  });

  test('a check tells what is wrong, and what to do about it', async () => {
    await using visit = await Visit.begin(browser, pages.origin);
    const { page } = visit;
    await visit.signInWithToken(token, { to: '/diagnostics' });
    await page.getByRole('button', { name: 'Check' }).click();
    const findings = page.getByRole('list', { name: 'What was found' }).getByRole('listitem');
    await findings.filter({ hasText: 'Redis' }).first().waitFor({ timeout: 60_000 });
    assert.match((await findings.first().textContent()) ?? '', /^failure:/);
    await page.getByText(/^\d+ failures? and \d+ warnings?; /).waitFor();
  });

  test('the debug log is switched on for a while, and off', async () => {
    await using visit = await Visit.begin(browser, pages.origin);
    const { page } = visit;
    await visit.signInWithToken(token, { to: '/diagnostics' });
    await page.getByRole('combobox', { name: 'How long' }).selectOption('for four hours');
    await page.getByRole('button', { name: 'Switch on' }).click();
    await page.getByText(/^On: it ends in 3 h/).waitFor();
    await page.getByRole('button', { name: 'Switch off' }).click();
    await page.getByText('Off.').waitFor();
  });

  test('a support bundle is saved, and names nobody', async () => {
    await using visit = await Visit.begin(browser, pages.origin);
    const { page } = visit;
    await visit.signInWithToken(token, { to: '/diagnostics' });
    const saving = page.waitForEvent('download', { timeout: 60_000 });
    await page.getByRole('button', { name: 'Make one' }).click();
    const text = await readFile(await (await saving).path(), 'utf8');
    assert.ok('versions' in (JSON.parse(text) as object));
    assert.ok(!/Person \d/.test(text), 'it names somebody');
    await page.getByText(/^It is saved as connector-support-.*\.json\.$/).waitFor();
  });

  test('a token that is revoked opens nothing any more', async () => {
    const made = await tokenFor(place, 'night shift');
    const statusWith = async () =>
      (await fetch(`${pages.origin}/api/v1/status`, { headers: { authorization: `Bearer ${made}` } })).status;
    assert.notEqual(await statusWith(), 401);
    await using visit = await Visit.begin(browser, pages.origin);
    const { page } = visit;
    await visit.signInWithToken(token, { to: '/diagnostics' });
    await page.getByRole('button', { name: 'Revoke night shift' }).click();
    await page.getByRole('dialog', { name: 'Revoke night shift?' }).getByRole('button', { name: 'Revoke it' }).click();
    await page.getByText('night shift opens nothing any more.').waitFor();
    assert.equal(await statusWith(), 401);
  });

  test('an administrator sees people in the queues once they ask, and the audit trail tells of it', async () => {
    await using visit = await Visit.begin(browser, pages.origin);
    const { page } = visit;
    await visit.signInWithToken(token, { to: '/diagnostics' });
    await page.getByRole('button', { name: 'Show people in them' }).click();
    await page.waitForURL('**/queues-with-people/**');
    await page.goto('/audit');
    await page.getByText('looked at people in the queues').first().waitFor();
  });

  test('the audit trail is proved whole, and kept as lines of JSON, the oldest first', async () => {
    await using visit = await Visit.begin(browser, pages.origin);
    const { page } = visit;
    await visit.signInWithToken(token, { to: '/audit' });
    await page.getByRole('button', { name: 'Verify' }).click();
    await page.getByText(/^It is whole: \d+ entries, /).waitFor();
    await page.getByText(/^connector audit verify --known \d+:[0-9a-f]{64}$/).waitFor();
    const saving = page.waitForEvent('download');
    await page.getByRole('button', { name: 'JSON lines' }).click();
    const lines = (await readFile(await (await saving).path(), 'utf8')).trimEnd().split('\n');
    const sequences = lines.map((line) => (JSON.parse(line) as { sequence: number }).sequence);
    assert.deepEqual(
      sequences,
      [...sequences].sort((a, b) => a - b),
    );
    assert.equal(sequences[0], 1);
  });

  test('a viewer is told what is for administrators, and why', async () => {
    const made = await tokenFor(place, 'looker');
    await using visit = await Visit.begin(browser, pages.origin);
    const { page } = visit;
    await visit.signInWithToken(made, { to: '/audit' });
    await page.getByText('The audit trail is for administrators.').waitFor();
    await visit.goTo('Diagnostics');
    await page.getByText('Which ones there are is for administrators.').waitFor();
    for (const name of ['Check', 'Switch on', 'Make one', 'Show people in them'])
      assert.equal(await page.getByRole('button', { name }).getAttribute('aria-disabled'), 'true', name);
  });
});

/** A viewer's token. */
async function tokenFor(place: Workplace, name: string): Promise<string> {
  const { output } = await place.run('create-token', name, '--json');
  return (JSON.parse(output) as { token: string }).token;
}
