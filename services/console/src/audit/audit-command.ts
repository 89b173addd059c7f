/** `connector audit`: who changed what, from what to what; and proof that the trail is whole. */
import type { AuditHead } from '@connector/shared/audit.ts';
import { sealAudit } from '@connector/sync/audit/seal-audit.ts';
import { type Common, type Context, type ExitCode, print, printJson } from '../context.ts';
import type { Page } from '../page.ts';
import { harmlessJson } from '../terminal.ts';
import { csvHeader, csvLines, sealedJson, sealedText, verifiedText } from './audit-text.ts';
import { countEntries, readEntries, readNewest, verifyAudit } from './audit-trail.ts';

export interface AuditOptions extends Common, Page {}

/** Lists the newest entries. */
export async function audit(context: Context, { offset, limit, json }: AuditOptions): Promise<ExitCode> {
  const { store } = context.session;
  await sealAudit(store);
  const total = await countEntries(store);
  const entries = await readNewest(store, { offset, limit });
  if (json) printJson(context, { audit: entries.map(sealedJson), page: { offset, limit, total } });
  else print(context, sealedText(entries, { total, paint: context.terminal.paint }));
  return 0;
}

export interface ExportOptions extends Common {
  readonly csv: boolean;
}

/** Prints all entries, oldest first, as they are read. */
export async function exportAudit(context: Context, { csv, json }: ExportOptions): Promise<ExitCode> {
  const { store } = context.session;
  await sealAudit(store);
  if (csv) print(context, csvHeader());
  const whole: object[] = [];
  for await (const part of readEntries(store)) {
    if (csv) print(context, csvLines(part));
    else if (json) whole.push(...part.map(sealedJson));
    else
      print(
        context,
        part.map((each) => harmlessJson(JSON.stringify(sealedJson(each)))), // else the terminal would make spaces of it
      );
  }
  if (json) printJson(context, { audit: whole });
  return 0;
}

export interface VerifyOptions extends Common {
  /** An entry as somebody has noted it elsewhere. */
  readonly known: AuditHead | null;
}

/** Proves that the trail is whole. */
export async function verify(context: Context, { known, json }: VerifyOptions): Promise<ExitCode> {
  const { store } = context.session;
  await sealAudit(store);
  const verified = await verifyAudit(store, known);
  const { broken, knownTrimmed } = verified;
  if (json) printJson(context, { whole: broken === null, ...verified });
  else print(context, verifiedText(verified, context.terminal.paint));
  return broken === null && !knownTrimmed ? 0 : 1;
}
