/** What the documents have people put where containers read it can be read there, also by whoever has a strict umask. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { sectionOf } from './markdown.ts';
import { rehearse } from './rehearsal.ts';
import { scriptOf } from './shell-script.ts';

const root = resolve(import.meta.dirname, '../..');
const commandsOf = (file: string, section: string) =>
  scriptOf(sectionOf(readFileSync(join(root, file), 'utf8'), section));

/** The modes that files have in the end, for somebody whose files are their own affair, in a clone that was made so. */
async function modesAfter(script: string, files: string): Promise<Record<string, string>> {
  const strict = `umask 077; chmod -R go-rwx .\n${script}\nstat --format '%n %a' ${files}`;
  const noted = ['docker', 'connector', 'containers/back-up'];
  const { code, output } = await rehearse(strict, { noted, alsoReal: ['stat'] });
  assert.equal(code, 0, output);
  return Object.fromEntries([...output.matchAll(/^(\S+) (\d+)$/gm)].map(([, name, mode]) => [name, mode]));
}

test('getting started makes files that containers can read, in a folder that nobody else can', async () => {
  const files = 'secrets deploy/kubernetes connector.yaml secrets/* deploy/monitoring deploy/monitoring/alerts.yml';
  const modes = await modesAfter(commandsOf('docs/getting-started.md', '2. The folder'), files);
  const { secrets, 'deploy/kubernetes': ofKubernetes, ...others } = modes;
  assert.equal(secrets, '700');
  assert.equal(ofKubernetes, '700'); // docs/scaling.md has people make a folder of secrets in it
  assert.equal(Object.keys(others).length, 8);
  for (const [name, mode] of Object.entries(others)) assert.match(mode, /^(?:644|755)$/, name);
});

test('the company key that is made for containers can be read in them, and its copy by nobody else', async () => {
  const setUp = commandsOf('docs/federation.md', 'Set it up, in this order');
  const modes = await modesAfter(`mkdir --mode 700 secrets\n${setUp}`, 'secrets secrets/company-key company-key');
  assert.deepEqual(modes, { secrets: '700', 'secrets/company-key': '644', 'company-key': '600' });
});

test('typed again, what makes a company key for containers leaves the one in use alone, and makes one where a try has left an empty file', async () => {
  const setUp = commandsOf('docs/federation.md', 'Set it up, in this order');
  for (const [was, is] of [
    ['in-use\\n', 'in-use'],
    ['', 'something'],
  ]) {
    const script = `mkdir secrets\nprintf '${was}' >secrets/company-key\n${setUp}\nhead secrets/company-key company-key`;
    const { code, output } = await rehearse(script, { noted: ['docker', 'connector'] });
    assert.equal(code, 0, output);
    assert.match(output, new RegExp(`==> secrets/company-key <==\n${is}\n+==> company-key <==\n${is}$`));
  }
});
