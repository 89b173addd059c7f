/** The company's day played to its end, whatever befalls it on the way. */
import { type Ending, endingOf } from './crash-at-every-effect.ts';
import { type Run, Servers } from './pipeline.ts';
import { directory, policy, stages, tenant } from './scenario.ts';

/** A run of the day, whose reconciler and pusher are at work. */
export async function begin(servers: Servers): Promise<Run> {
  const run = await servers.run({ tenant, directory, policy });
  await Promise.all([run.inside('reconciler'), run.inside('pusher')]);
  return run;
}

/** Plays the stages; before each one `prepare` may put faults in force. */
export async function play(
  run: Run,
  which = stages,
  { withinMs = 60_000, prepare = async () => {} }: { withinMs?: number; prepare?: () => Promise<void> } = {},
): Promise<Ending> {
  for (const stage of which) {
    await prepare();
    await stage(run);
    await run.quiet({ withinMs });
    await run.allIsDue(); // whoever was refused once
    await run.quiet({ withinMs });
  }
  return endingOf(run);
}

/** How the day ends when nothing goes wrong. */
export async function undisturbed(which = stages): Promise<Ending> {
  await using servers = await Servers.create();
  await using run = await begin(servers);
  return await play(run, which);
}

/** The ways in which an answer can fail. */
export const strikes = [
  { kind: 'http-500' },
  { kind: 'http-500', status: 503 },
  { kind: 'http-500', phase: 'after' },
  { kind: 'http-429' },
  { kind: 'reset' },
  { kind: 'reset', phase: 'after' },
  { kind: 'cut-body' },
  { kind: 'cut-body', phase: 'after' },
  { kind: 'hang' },
  { kind: 'hang', phase: 'after' },
];

/** What a strike's test is called. */
export const nameOf = (strike: object) => Object.values(strike).join(' ');
