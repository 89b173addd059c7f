/** Watching the first sync: how many people are planned, how many accounts are as they should be. */
import { setTimeout as sleep } from 'node:timers/promises';
import { arrived } from './differences.ts';
import type { Expectation } from './expectation.ts';
import { outstandingIn } from './outstanding.ts';
import type { Stage } from './stage.ts';
import { ProgressBar } from './terminal.ts';

const lookEveryMs = 50;
/** Longer than any machine that can run Samba needs. */
const giveUpMs = 120_000;

export interface FirstSync {
  readonly durationMs: number;
  /** Whether everything that was to be done was done in time. */
  readonly complete: boolean;
}

/** Waits until nothing is outstanding any more. */
export async function watchFirstSync(
  stage: Stage,
  { expectation, people }: { expectation: Expectation; people: number },
): Promise<FirstSync> {
  const startedAt = performance.now();
  const bar = new ProgressBar('first sync');
  const expected = expectation.accounts.size;
  let complete = false;
  let planned = 0;
  while (!complete && performance.now() - startedAt < giveUpMs) {
    stage.checkServices();
    const { begun, toPlan, total } = await outstandingIn(stage.store);
    const delivered = arrived(await stage.simulator.state(), expectation);
    planned = Math.max(planned, begun ? people - toPlan : 0); // who has been delivered is planned once more
    complete = begun && total === 0;
    bar.show(delivered, expected, `${planned} of ${people} people planned, ${delivered} of ${expected} accounts right`);
    if (!complete) await sleep(lookEveryMs);
  }
  bar.end();
  return { durationMs: performance.now() - startedAt, complete };
}
