/**
 * Pictures of the page: every part of it on a phone, a laptop and a wide screen, light and dark, into a folder; and those of the README into
 * docs/pictures.
 *
 *   npm run screenshots -- <folder>       as root, for it starts a domain controller
 */
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pagePaths } from '../../services/console/src/service/page-paths.ts';
import { waitUntil } from '../support/wait-until.ts';
import type { Company } from './company.ts';
import { openExampleCompany } from './example-company.ts';
import type { Visit } from './visit.ts';

const screens = {
  phone: { width: 390, height: 844 },
  laptop: { width: 1366, height: 768 },
  wide: { width: 1920, height: 1080 },
} as const;
const schemes = ['light', 'dark'] as const;
const ofReadme = resolve(import.meta.dirname, '../../docs/pictures');
/** Parts whose picture the README has, and in which colours. */
const shown = { overview: 'light', held: 'dark', person: 'light' } as const;

const folder = process.argv[2];
if (folder === undefined) {
  process.stderr.write('npm run screenshots -- <folder>: say where the pictures are to go\n');
  process.exit(2);
}

await using company = await openExampleCompany();
const paths = await partsOf(company);
await mkdir(ofReadme, { recursive: true });
await mkdir(folder, { recursive: true });
for (const [screen, viewport] of Object.entries(screens))
  for (const colorScheme of schemes) {
    await using visit = await company.visit('ada', { viewport, colorScheme, reducedMotion: 'reduce' });
    for (const [name, path] of paths) {
      await show(visit, path);
      await visit.page.screenshot({ path: join(folder, `${name}-${screen}-${colorScheme}.png`) });
      if (screen === 'laptop' && shown[name as keyof typeof shown] === colorScheme)
        await visit.page.screenshot({ path: join(ofReadme, `${name}.png`) });
    }
  }

/** Each part by a name, somebody's story among them; and a preview is made, so that there is one to be seen. */
async function partsOf(company: Company): Promise<Map<string, string>> {
  await using first = await company.visit('ada');
  const { page } = first;
  const parts = new Map<string, string>(
    pagePaths.filter((path) => !path.includes('*')).map((path) => [path.slice(1) || 'overview', path]),
  );
  await page.goto('/people?text=okafor');
  await page.getByRole('row').getByRole('link').first().click();
  await page.getByRole('region', { name: 'How they stand' }).waitFor();
  parts.set('person', new URL(page.url()).pathname);
  await page.evaluate(`(async () => {
    const { csrfToken } = await (await fetch('/api/v1/session')).json();
    await fetch('/api/v1/preview', { method: 'POST', headers: { 'x-csrf-token': csrfToken } });
  })()`);
  await waitUntil(
    'the preview',
    () =>
      page.evaluate(
        `fetch('/api/v1/preview').then((answer) => answer.json()).then(({ state }) => state !== 'under way')`,
      ),
    { withinMs: 60_000, everyMs: 500 },
  );
  return parts;
}

async function show({ page }: Visit, path: string): Promise<void> {
  await page.goto(path);
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.waitForLoadState('load');
  await waitUntil('it all to be there', () => page.evaluate('document.querySelector("[aria-busy=true]") === null'));
}
