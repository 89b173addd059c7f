/** What to try while the demo stays up. */
import { personDn } from './ldif.ts';
import type { Organisation } from './organisation.ts';
import { ordinaryId } from './seed/company.ts';
import type { Stage } from './stage.ts';
import { bold, say } from './terminal.ts';

export function tellWhatToTry(
  { domain, ports, configFile, caFile, simulator, dir, redis }: Stage,
  company: Organisation,
): void {
  const person = personDn(company.person(ordinaryId(14)), domain.baseDn);
  const control = simulator.apiUrl.replace('enterpriseapi.php', 'control');
  const login = `-H ${domain.ldapsUrl} -x -D "${domain.adminDn}" -w '${domain.adminPassword}'`;
  say(`${bold('Everything stays up until Ctrl-C.')} In another terminal, in this folder:

  the connector    CONNECTOR_CONFIG=${configFile} npx connector status
                   … sync, held, release, reject; each with --json
  LastPass         curl -s ${control}/state      accounts, groups, invitations, welcome e-mails
                   curl -s ${control}/calls      every call that was made
  the directory    export LDAPTLS_CACERT=${caFile}
                   ldapsearch ${login} -b "${domain.baseDn}" '(mail=*)' cn mail
  a change         printf 'dn: ${person}\\nchangetype: modify\\nreplace: displayName\\ndisplayName: Somebody Else\\n' \\
                     | ldapmodify ${login}
  health           curl -s http://127.0.0.1:${ports.watcher}/readyz     watcher
                   curl -s http://127.0.0.1:${ports.reconciler}/readyz     reconciler
                   curl -s http://127.0.0.1:${ports.pusher}/metrics    pusher
  Redis            redis-cli -p ${redis.port}
  logs             ${dir}/{watcher,reconciler,pusher}.log`);
}
