/** What browsers load lies compressed beside itself, as small as can be: it is done once, here, and not again for each answer. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Plugin } from 'vite';

/** What gains by it, and isn't compressed already. */
const compressible = /^assets\/.*\.(?:css|js|svg)$/;
/** Below it headers weigh more than what is saved. */
const smallestBytes = 1_024;

const brotli = (content: Buffer) =>
  promisify(brotliCompress)(content, { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } });
const zip = (content: Buffer) => promisify(gzip)(content, { level: constants.Z_BEST_COMPRESSION });

/** Writes `.br` and `.gz` beside each file that was built. */
export const compressedFiles = (): Plugin => ({
  name: 'compressed-files',
  apply: 'build',
  async writeBundle({ dir = '' }, bundle) {
    for (const [name, built] of Object.entries(bundle)) {
      const content = Buffer.from(built.type === 'chunk' ? built.code : built.source);
      if (!compressible.test(name) || content.length < smallestBytes) continue;
      await writeFile(join(dir, `${name}.br`), await brotli(content));
      await writeFile(join(dir, `${name}.gz`), await zip(content));
    }
  },
});
