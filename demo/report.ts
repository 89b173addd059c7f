/** What the demo tells at the end of each part. */
import type { SimulatedState, Simulator } from '../tests/support/simulator.ts';
import type { Expectation } from './expectation.ts';
import type { FirstSync } from './first-sync.ts';
import type { Measured } from './measure.ts';
import { peopleHeld, peopleSetAside } from './outstanding.ts';
import type { Stage } from './stage.ts';
import { bad, bold, dim, good, say, table } from './terminal.ts';

/** What a change may take at the most, and half of the changes, ms. */
export const limitMs = { each: 1_000, median: 200 };

/** How often each step was done to an account, by the simulator's call log. */
async function stepCounts(simulator: Simulator): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (const { changes } of await simulator.writes())
    for (const { step } of changes as readonly { step: string }[]) counts.set(step, (counts.get(step) ?? 0) + 1);
  return counts;
}

const listed = (names: readonly string[]): string => names.map((name) => `     ${name}`).join('\n');

/** Tells the beginning and the end of what `connector preview` has printed. */
export function tellPreview(output: string): void {
  const lines = output.trimEnd().split('\n');
  const [shown, last] = [lines.slice(0, 4), lines.slice(-2)];
  say(
    [...shown, dim(`  … and ${lines.length - shown.length - last.length} lines more`)]
      .map((line) => `  ${line}`)
      .join('\n'),
  );
  say(last.map((line) => `  ${line}`).join('\n'));
}

export async function tellFirstSync(
  stage: Stage,
  { sync, expectation, before }: { sync: FirstSync; expectation: Expectation; before: SimulatedState },
): Promise<void> {
  const counts = await stepCounts(stage.simulator);
  const count = (step: string) => String(counts.get(step) ?? 0);
  const adopted = [...expectation.accounts.values()].filter(({ existed }) => existed).length;
  const strangers = before.users.length - adopted;
  const calls = (await stage.simulator.writes()).length;
  say(
    sync.complete
      ? `  done in ${(sync.durationMs / 1_000).toFixed(1)} s, with ${calls} calls that change something`
      : bad(`  not done after ${(sync.durationMs / 1_000).toFixed(0)} s`),
  );
  say(
    table(
      [
        ['created', count('create'), 'each with one welcome e-mail'],
        ['adopted', String(adopted), `of them ${count('rename')} renamed, ${count('disable')} disabled as in AD`],
        ['strangers', String(strangers), 'accounts without a counterpart in AD: left alone'],
      ],
      { right: [1] },
    ),
  );
  const aside = await peopleSetAside(stage.store);
  say(`  set aside  ${aside.length}  can't be synced until something is mended:`);
  say(listed(aside.map(({ name, reason }) => `${name}: ${reason.replace(/corp\/[0-9a-f-]{36}/g, 'another person')}`)));
  const held = await peopleHeld(stage.store);
  if (held > 0) say(bad(`  ${held} people are held by the guard`));
}

export function tellMeasured({ change, latencyMs, arrived, good: isGood }: Measured): void {
  const mark = isGood ? good('✔') : bad('✘');
  const time = latencyMs === null ? '–' : `${latencyMs} ms`;
  say(`  ${mark} ${change.title.padEnd(24)} ${time.padStart(8)}   ${arrived}  ${dim(`(${change.detail})`)}`);
}

const median = (numbers: readonly number[]): number => {
  const sorted = numbers.toSorted((a, b) => a - b);
  const [low, high] = [
    sorted[Math.floor((sorted.length - 1) / 2)] ?? 0,
    sorted[Math.ceil((sorted.length - 1) / 2)] ?? 0,
  ];
  return (low + high) / 2;
};

/** Tells median and maximum, and warns of a limit that is missed. */
export function tellRound(measured: readonly Measured[]): void {
  const times = measured.flatMap(({ latencyMs }) => latencyMs ?? []);
  const [middle, longest] = [median(times), Math.max(...times)];
  say(`  from LDAP's answer to LastPass: ${bold(`median ${middle} ms, longest ${longest} ms`)}`);
  const late = longest > limitMs.each || times.length < measured.length;
  if (late) say(bad(`  warning: each change should arrive within ${limitMs.each} ms`));
  if (middle > limitMs.median) say(bad(`  warning: half of the changes should arrive within ${limitMs.median} ms`));
}

/** Tells whether LastPass is what it should be. */
export function tellComparison(differences: readonly string[], expectation: Expectation, before: SimulatedState): void {
  const strangers = before.users.filter(({ username }) => !expectation.accounts.has(username)).length;
  if (differences.length === 0) {
    say(
      good(`  LastPass is what it should be: ${expectation.accounts.size} accounts compared person by person,`) +
        good(` ${strangers} strangers byte for byte as before, one welcome e-mail for each new account`),
    );
    return;
  }
  say(bad(`  LastPass is not what it should be; ${differences.length} differences:`));
  say(listed(differences));
}
