/** Dockerfiles: what an image takes from the clone is readable for its user, whatever umask the clone was made with. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';

const root = resolve(import.meta.dirname, '../..');
/** What a stage makes itself, as root of its own container: by a umask that isn't ours. */
const made = ['/app/node_modules', '/app/packages/page/dist', '/seed'];

for (const file of ['Dockerfile.base', 'demo/directory/Dockerfile'])
  test(`${file}: everything of the clone that comes into the image is made readable there`, () => {
    const stages = readFileSync(join(root, file), 'utf8')
      .replaceAll('\\\n', ' ')
      .split(/^FROM /m)
      .slice(1);
    const final = stages.at(-1) ?? '';
    assert.match(final, /^USER (?!root)/m);
    const isMadeReadable = (stage: string, path: string) =>
      new RegExp(`^RUN .*\\bchmod (?:-R )?a\\+r[xX] (?:[^&]* )?${path}(?: |$)`, 'm').test(stage);
    for (const [, words = ''] of final.matchAll(/^COPY (.*)$/gm)) {
      const [, name, from = ''] = /^--from=(\S+) (\S+)/.exec(words) ?? [];
      const to = (words.split(' ').at(-1) ?? '').replace(/\/$/, '');
      if (name === undefined) assert.ok(isMadeReadable(final, to), words);
      else if (!made.includes(from)) {
        const source = stages.find((stage) => stage.split('\n')[0]?.endsWith(` AS ${name}`)) ?? assert.fail(words);
        assert.ok(isMadeReadable(source, '\\.'), words);
      }
    }
  });
