/** The story with a key for each user, in a confidential attribute. */
import { readFile } from 'node:fs/promises';
import { connectDirectory } from '@connector/active-directory/connection.ts';
import { obeyDsacls } from '../support/samba/give-right.ts';
import { addAttribute } from '../support/samba/secret-attribute.ts';
import { crashesOfAll, tellStory } from './story.ts';

const attribute = 'lastPassK1';

tellStory({
  mode: 'userKey',
  prepare: async ({ domain }) => {
    await addAttribute(domain);
    for (const right of ['WP', 'RPCA'])
      await obeyDsacls(domain, `dsacls "${domain.baseDn}" /I:S /G "EXAMPLE\\svc-lastpass:${right};${attribute};user"`);
    return { attribute };
  },
  keyPartOf: async ({ domain }, guid) => {
    const { ldapsUrl, adminDn: bindDn, adminPassword: bindPassword, caFile } = domain;
    const tls = { ca: await readFile(caFile, 'utf8') };
    await using connection = await connectDirectory({ urls: [ldapsUrl], bindDn, bindPassword, tls });
    return (await connection.readSecret({ guid, attribute })) ?? '';
  },
  lose: ({ admin }, guid) => admin.modify(guid, { [attribute]: null }),
  lost: /^ +ann@company\.test +lastPassK1 is empty, or may not be read: restore it from a backup/m,
  crashes: ['before:commit HSET user-keys-at', 'after:commit HSET user-keys-at', ...crashesOfAll],
});
