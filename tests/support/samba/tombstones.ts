/** What time does to tombstones. */
import { runSamba } from './run.ts';

/** Collects all tombstones of a domain, as when their lifetime has passed (MS-ADTS 3.1.1.1.15). */
export async function collectTombstones(domain: {
  readonly configurationFile: string;
  readonly baseDn: string;
}): Promise<void> {
  const inThreeYears = new Date(Date.now() + 3 * 365 * 86_400_000).toISOString().slice(0, 10);
  await runSamba('samba-tool', [
    ...['domain', 'tombstones', 'expunge', domain.baseDn, `--configfile=${domain.configurationFile}`],
    ...['--tombstone-lifetime=180', `--current-time=${inThreeYears}`],
  ]);
}
