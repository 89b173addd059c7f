/** Commands about the policy. */
import { Argument, type Command } from 'commander';
import { parseDocument } from 'yaml';
import { policyAssignments } from '../completion/policy-assignments.ts';
import { type Flag, given, json, type OnInvocation } from './invocation.ts';
import { SuggestedArgument } from './suggested-argument.ts';

interface Options {
  readonly yes: Flag;
  readonly dryRun: Flag;
  readonly json: Flag;
}

/** What an action may be followed by. */
const actions = {
  get: 'nothing',
  history: 'nothing',
  set: 'keys',
  rollback: 'a number',
  reset: 'nothing',
} as const;
type Action = keyof typeof actions;

export function addPolicyCommand(program: Command, onInvocation: OnInvocation): void {
  program
    .command('policy')
    .summary('the policy: what it is, was, and would do otherwise')
    .description(
      'Tells which policy counts (get), or counted before (history); brings another one into force: with some keys set, one from before (rollback), or the configured one again (reset). What it would do to people is shown first.',
    )
    .addArgument(new Argument('[action]', 'what to do').choices(Object.keys(actions)).default('get' satisfies Action))
    .addArgument(
      new SuggestedArgument('[what...]', 'set: key=value, as in the configuration; rollback: a number of the history', {
        after: 'set' satisfies Action,
        suggestion: () => ({ kind: 'assignments', valuesOf: policyAssignments() }),
      }),
    )
    .option('--dry-run', 'only show what it would do')
    .option('--yes', 'do not ask; needed where nobody can be asked')
    .option(...json)
    .addHelpText(
      'after',
      `
  connector policy set onDeleted=remove 'groupFilter=[Staff, Sales]'
  connector policy set guard.maxLeavers=20 --dry-run

A policy that was set counts, whatever the configuration says, until it is
reset. Whoever would leave by another one is held until somebody releases it.`,
    )
    .action((action: Action, what: readonly string[], options: Options, typed: Command) => {
      const wrong = problemOf(action, what, options);
      if (wrong !== null) typed.error(`error: ${wrong}`);
      const common = { json: given(options.json) };
      if (action === 'get') return onInvocation({ command: 'policy', ...common });
      if (action === 'history') return onInvocation({ command: 'policy-history', ...common });
      const [yes, dryRun] = [given(options.yes), given(options.dryRun)];
      return onInvocation({
        command: 'set-policy',
        wanted: wantedBy(action, what, typed),
        number: null,
        yes,
        dryRun,
        ...common,
      });
    });
}

function problemOf(action: Action, what: readonly string[], { yes, dryRun, json: asJson }: Options): string | null {
  const isEdit = action !== 'get' && action !== 'history';
  if (!isEdit && (given(yes) || given(dryRun))) return `--yes and --dry-run are for set, rollback and reset`;
  if (given(yes) && given(dryRun)) return 'give --dry-run or --yes, not both';
  if (isEdit && given(asJson) && !given(yes) && !given(dryRun)) return 'say --yes, or --dry-run, with --json';
  if (actions[action] === 'nothing') return what.length === 0 ? null : `${action} takes nothing more`;
  if (actions[action] === 'a number')
    return what.length === 1 && /^[1-9]\d{0,8}$/.test(what[0] ?? '') ? null : 'rollback takes a number of the history';
  return what.length > 0 ? null : 'set takes key=value, such as onDeleted=remove';
}

function wantedBy(action: Exclude<Action, 'get' | 'history'>, what: readonly string[], typed: Command) {
  if (action === 'reset') return { kind: 'configured' } as const;
  if (action === 'rollback') return { kind: 'number', number: Number(what[0]) } as const;
  return { kind: 'keys', keys: keysOf(what, typed) } as const;
}

/** What `key=value` texts say; a value is YAML, as in the configuration. Nothing that was typed is left out: what says a key twice is refused. */
function keysOf(what: readonly string[], typed: Command): Record<string, unknown> {
  const keys = new Map<string, unknown>();
  const guard = new Map<string, unknown>();
  for (const text of what) {
    const [, key = '', value = ''] = /^([\w.]+)=(.*)$/s.exec(text) ?? [];
    if (key === '') typed.error(`error: "${text}" isn't key=value, such as onDeleted=remove`);
    const document = parseDocument(value);
    if (document.errors.length > 0)
      typed.error(`error: the value of ${key} is no YAML: write it as in the configuration`);
    const limit = /^guard\.(\w+)$/.exec(key)?.[1];
    if (limit === undefined && key.includes('.'))
      typed.error(`error: there is no key ${key}: only limits of the guard have a dot, such as guard.maxLeavers=20`);
    const [into, name] = limit === undefined ? [keys, key] : [guard, limit];
    if (into.has(name)) typed.error(`error: ${key} is given twice: say it once`);
    into.set(name, document.toJS());
  }
  const [limit] = guard.keys();
  if (limit === undefined) return Object.fromEntries(keys);
  if (keys.has('guard')) typed.error(`error: give guard, or single limits such as guard.${limit}, not both`);
  return { ...Object.fromEntries(keys), guard: Object.fromEntries(guard) };
}
