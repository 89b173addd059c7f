/**
 * `connector apply`: does exactly what a reviewed plan file says. Both ends are read afresh; each step that is planned just like that
 * goes, each other one is refused with what is true now, and what the file doesn't have isn't sent by it.
 */
import { countingPolicy } from '@connector/sync/plan/policy-in-force.ts';
import { WrongUsage } from '../command-line/wrong-usage.ts';
import { type Common, type Context, type ExitCode, print, printJson } from '../context.ts';
import { type PlanFile, placeOf } from '../plan-file/plan-file.ts';
import { readPlanFile } from '../plan-file/read-plan-file.ts';
import { untold } from '../progress/report.ts';
import { refusePaused } from '../sync/delivery-paused.ts';
import { tellerOn } from '../sync/tell-progress.ts';
import { appliedJson } from './apply-json.ts';
import { appliedText, fileLines, judgedText, questionText } from './apply-text.ts';
import { type Applied, asJudged, canAllBeDone, isAllDone, isGoing, outcomesOf } from './outcomes.ts';
import { nowOf, readPeopleNow } from './person-now.ts';
import { readAfresh, readPlannedNow } from './read-afresh.ts';
import { refuseRunning, sendReviewed } from './send-reviewed.ts';
import { judgeFile, notInFile } from './verdicts.ts';

export interface ApplyOptions extends Common {
  /** The plan file's path. */
  readonly file: string;
  /** Nobody is asked. */
  readonly yes: boolean;
  /** Nothing is sent. */
  readonly dryRun: boolean;
  /** Whom the file shows as held and pending is released and approved. */
  readonly withHeld: boolean;
  readonly timeoutMs: number;
  /** Given when the person doesn't want to wait any longer. */
  readonly signal: AbortSignal;
}

/** @throws WrongUsage, PlanFileError, DeliveryPaused, RunUnderWay, NotPlanned, PreviewUnfinished */
export async function apply(context: Context, options: ApplyOptions): Promise<ExitCode> {
  const { session, terminal } = context;
  const { file: path, yes, dryRun, json } = options;
  if (!yes && !dryRun && terminal.ask === null)
    throw new WrongUsage('nobody can be asked here, say --yes or --dry-run', { command: 'connector apply' });
  const { configuration } = session;
  const here = placeOf(configuration, (await countingPolicy(session.store, configuration.policy)).policy);
  const file = readPlanFile(path, here);
  if (!dryRun) {
    await refusePaused(session.store);
    await refuseRunning(session);
  }
  const startedAtMs = performance.now();
  if (!json) print(context, fileLines(file, { path, here }));
  const applied = await applyFile(context, file, options);
  const tookMs = performance.now() - startedAtMs;
  if (json) printJson(context, appliedJson(applied, { file, here, tookMs }));
  else print(context, appliedText(applied, { tookMs, paint: terminal.paint }));
  return isAllDone(applied) || canAllBeDone(applied) ? 0 : 1;
}

async function applyFile(
  context: Context,
  { people }: PlanFile,
  { yes, dryRun, withHeld, json, timeoutMs, signal }: ApplyOptions,
): Promise<Applied> {
  const { session, terminal } = context;
  const onLook = json ? () => undefined : tellerOn(terminal);
  const giveUpAtMs = performance.now() + timeoutMs;
  const { end, last } = await readAfresh(session, { timeoutMs, signal, onLook });
  if (end !== 'finished') return { end, people: [], notInFile: null, last };
  const leftMs = Math.max(1_000, giveUpAtMs - performance.now());
  const now = await readPlannedNow(session, people, { signal, onHowFar: json ? untold : terminal.progress });
  const judged = judgeFile(people, now, { withHeld });
  const asFound = { people: asJudged(judged), notInFile: notInFile(people, now), last: null };
  const { mode } = session.configuration.sync;
  if (!json) for (const line of judgedText(asFound, { mode, paint: terminal.paint })) terminal.line(line);
  if (dryRun) return { ...asFound, end: 'dry run' };
  if (!judged.some(({ verdicts }) => verdicts.some(isGoing))) return { ...asFound, end: 'finished' };
  if (!yes && (await terminal.ask?.(questionText(asFound.people))) !== true) return { ...asFound, end: 'declined' };
  const sent = await sendReviewed(context, judged, { timeoutMs: leftMs, signal, onLook });
  const after = await readPeopleNow(session.store, people);
  return { ...asFound, ...sent, people: outcomesOf(judged, (person) => nowOf(after, person)) };
}
