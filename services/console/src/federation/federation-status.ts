/** `connector federation status`: how federated log-in stands, and, with --verify, whether each one's key is still there. */
import { type Common, type Context, type ExitCode, print, printJson } from '../context.ts';
import { untold } from '../progress/report.ts';
import { aligned, type Cell } from '../text/aligned.ts';
import type { Paint } from '../text/paint.ts';
import { counted } from '../text/when.ts';
import {
  type CompanyKeyNow,
  type FederationNow,
  readFederation,
  registrarOf,
  type Troubled,
  wrongKey,
} from './federation-now.ts';
import { type Verified, verifyKeys } from './verify-keys.ts';

export interface FederationStatusOptions extends Common {
  /** Everybody's key is looked at. */
  readonly verify: boolean;
  readonly signal: AbortSignal;
}

/** Tells it. @throws RegistrarError, KeyFileError with `verify` */
export async function federationStatus(
  context: Context,
  { verify, json, signal }: FederationStatusOptions,
): Promise<ExitCode> {
  const { session, terminal } = context;
  const now = await readFederation(session, signal);
  const registrar = registrarOf(session.configuration);
  const onHowFar = json ? untold : terminal.progress;
  const verified =
    verify && registrar !== null && now.registrar?.problem === null
      ? await verifyKeys(session, { registrar, signal, onHowFar })
      : null;
  if (json) printJson(context, { ...now, verified });
  else print(context, statusText(now, verified, terminal.paint));
  return isWell(now, verified) && (!verify || verified !== null) ? 0 : 1;
}

/** Whether nothing needs anybody's attention. */
const isWell = ({ registrar, companyKey, waiting }: FederationNow, verified: Verified | null): boolean =>
  (registrar === null || registrar.problem === null) &&
  (companyKey === null || wrongKey(companyKey) === null) &&
  waiting.every(({ problem }) => problem === null) &&
  (verified === null || verified.wrong.length === 0);

const modeWords = {
  off: 'off: who gets an account now logs in by a master password',
  companyKey: 'companyKey: who gets an account now is federated, with the company’s key',
  userKey: 'userKey: who gets an account now is federated, with a key of their own',
} as const;

function statusText(now: FederationNow, verified: Verified | null, paint: Paint): string[] {
  const { mode, registrar, companyKey, federated, waiting } = now;
  const all = federated.companyKey + federated.userKey;
  const rows: Cell[][] = [
    ['policy', modeWords[mode]],
    ['key registrar', registrarCell(registrar)],
    ...(companyKey === null ? [] : companyKeyRows(companyKey)),
    [
      'federated',
      `${counted(all, 'person', 'people')}${all === 0 ? '' : `: ${federated.companyKey} with the company’s key, ${federated.userKey} with a key of their own`}`,
    ],
    ...(waiting.length === 0 ? [] : [['to be converted', `${counted(waiting.length, 'person', 'people')}`]]),
    ...(verified === null
      ? []
      : [
          [
            'keys',
            [
              verified.wrong.length > 0 ? 'bad' : 'good',
              `${verified.fitting} fit, ${verified.wrong.length} don’t`,
            ] as const,
          ],
        ]),
  ];
  return [
    ...aligned(rows, { paint, indent: 0 }),
    ...troubleText('To be converted, and set aside', waiting, paint),
    ...troubleText('Nobody can log in by these keys', verified?.wrong ?? [], paint),
  ];
}

function registrarCell(registrar: FederationNow['registrar']): Cell {
  if (registrar === null) return 'none is configured';
  return registrar.problem === null ? `${registrar.host} answers` : ['bad', registrar.problem];
}

/** Only the pusher needs the file: that it can't be read here is nothing bad. */
function companyKeyRows(now: CompanyKeyNow): Cell[][] {
  const { fragmentId, problem, inUse } = now;
  const wrong = wrongKey(now);
  if (wrong !== null) return [['company’s key', ['bad', wrong]]];
  if (problem !== null) return [['company’s key', ['weak', problem]]];
  const use = inUse === null ? 'nobody is provisioned with it yet' : 'the one that people are provisioned with';
  return [['company’s key', `fragment id ${fragmentId}, ${use}`]];
}

function troubleText(title: string, people: readonly Troubled[], paint: Paint): string[] {
  const troubled = people.filter(({ problem }) => problem !== null);
  if (troubled.length === 0) return [];
  const rows = troubled.map(({ username, problem }): Cell[] => [username, problem ?? '']);
  return ['', paint('bad', `${title}:`), ...aligned(rows, { paint })];
}
