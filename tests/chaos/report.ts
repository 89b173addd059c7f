/** What a run comes to, for people to read. */
import type { Failure, Outcome } from './rounds.ts';
import type { Injected } from './wave.ts';

/** How often each kind of fault was injected and survived, as a table. */
export function tableOf({ survived, failure }: Outcome): string {
  const all = [...survived, ...(failure?.injected ?? [])];
  const count = (faults: readonly Injected[], name: string) => faults.filter((fault) => fault.name === name).length;
  const rows = [...new Set(all.map(({ name }) => name))]
    .sort()
    .map((name) => line(name, count(all, name), count(survived, name)));
  return [line('fault', 'injected', 'survived'), ...rows, line('all', all.length, survived.length)].join('\n');
}

const line = (name: string, injected: number | string, survived: number | string): string =>
  `${name.padEnd(50)} ${String(injected).padStart(8)} ${String(survived).padStart(8)}`;

/** What differs, what happened to those concerned, and the faults of the round. */
export function failureText({ round, differences, story, calls, injected }: Failure): string {
  const [first] = injected;
  const at = (ms: number) => ((ms - (first?.fromMs ?? 0)) / 1_000).toFixed(1).padStart(5);
  const faults = injected.map(
    ({ index, name, struck, fromMs, toMs }) => `${index}: ${at(fromMs)} – ${at(toMs)} s  ${name}: ${struck}`,
  );
  const made = calls.map(
    ({ sequence, timeMs, cmd, outcome, durationMs, executed, data }) =>
      `${at(timeMs)} s  call ${sequence}, ${durationMs} ms: ${outcome}${executed ? '' : ', not carried out'}: ${cmd} ${JSON.stringify(data)}`,
  );
  return [
    `round ${round} ended badly; what differs:`,
    ...differences.map((difference) => `  ${difference}`),
    'what happened to those concerned:',
    ...story.map((event) => `  ${event}`),
    'the calls about them:',
    ...made.map((call) => `  ${call}`),
    'the faults of this round:',
    ...faults.map((fault) => `  ${fault}`),
  ].join('\n');
}
