/** The story with one key of the company's for everybody. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fragmentIdOf } from '@connector/federation/derived.ts';
import { CompanyHalf } from '@connector/federation/key-halves.ts';
import { crashesOfAll, tellStory } from './story.ts';

const companyKey = CompanyHalf.random().reveal();

tellStory({
  mode: 'companyKey',
  prepare: async ({ dir }) => {
    const companyKeyFile = join(dir, 'company-key');
    await writeFile(companyKeyFile, `${companyKey}\n`);
    return { companyKeyFile, companyKeyFragmentId: fragmentIdOf(CompanyHalf.from(companyKey)) };
  },
  keyPartOf: async () => companyKey,
  crashes: crashesOfAll,
  lose: ({ dir }) => writeFile(join(dir, 'company-key'), CompanyHalf.random().reveal()),
  lost: /holds another key .*\n(?:.*\n)* +ann@company\.test +the registered K2 belongs to another K1/m,
});
