/** Whether a domain controller can do what reading it takes, and whether its clock and ours agree. */
import type { Abilities } from '@connector/active-directory/domain-controller.ts';
import { formatDuration } from '@connector/shared/duration.ts';
import type { Finding } from './findings.ts';

/** What a server can't do that lacks a control (MS-ADTS 3.1.1.3.4.1). */
const deeds: Readonly<Record<Abilities['lacks'][number], string>> = {
  dirSync: 'tell what has changed (DirSync)',
  extendedDns: 'tell members by their objectGUIDs (extended DNs)',
  showDeleted: 'tell of deletions (show deleted)',
  notification: 'notify of changes',
  pages: 'give long answers in pages',
};

/** Clocks that are so far apart need looking after, ms: Active Directory itself refuses log-ons at five minutes. */
const farMs = 60_000;
/** What the way and the whole seconds of the answer may make. */
const nothingMs = 2_000;

/** @param nowMs by our clock, when it answered */
export const abilityFindings = ({ lacks, clockMs }: Abilities, end: string, nowMs: number): Finding[] => [
  controlFinding(lacks, end),
  ...clockFindings(clockMs, end, nowMs),
];

function controlFinding(lacks: Abilities['lacks'], end: string): Finding {
  if (lacks.length === 0)
    return { grade: 'ok', end, what: 'controls', text: 'changes, deletions, notifications and pages can be asked for' };
  const text = `the server can't ${lacks.map((name) => deeds[name]).join(', nor ')}`;
  if (lacks.every((name) => name === 'notification'))
    return {
      grade: 'warning',
      end,
      what: 'controls',
      text: `${text}: they are found within a minute, and not at once`,
    };
  return { grade: 'failure', end, what: 'controls', text: `${text}: name a domain controller of Active Directory` };
}

function clockFindings(clockMs: number | null, end: string, nowMs: number): Finding[] {
  if (clockMs === null) return [];
  const offMs = Math.abs(nowMs - clockMs);
  if (offMs <= nothingMs) return [{ grade: 'ok', end, what: 'clock', text: 'its clock and the one here agree' }];
  const text = `its clock and the one here are ${formatDuration(offMs)} apart`;
  if (offMs < farMs) return [{ grade: 'ok', end, what: 'clock', text }];
  return [
    {
      grade: 'warning',
      end,
      what: 'clock',
      text: `${text}: keep both in step, with the same time server (who expires in Active Directory does so here by this clock)`,
    },
  ];
}
