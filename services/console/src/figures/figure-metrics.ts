/**
 * The figures as Prometheus is told them, by the console alone: told by every process, they would be added up to what isn't so. What can't
 * be known, because Redis is away, is missing, and never a number from before.
 */
import { Counter, Gauge, type Registry } from 'prom-client';
import { type Figures, jobStates } from './figures.ts';

/** A value, with its labels. */
type Sample = readonly [value: number, labels?: Record<string, string>];

interface FigureMetric {
  readonly name: string;
  readonly help: string;
  readonly labelNames?: readonly string[];
  /** It only grows, unless Redis has lost everything. */
  readonly counts?: true;
  readonly samples: (figures: Figures) => readonly Sample[];
}

const one =
  (value: (figures: Figures) => number): FigureMetric['samples'] =>
  (figures) => [[value(figures)]];

/** A moment, or nothing where there is none. */
const moment = (atMs: number | null, labels: Record<string, string> = {}): Sample[] =>
  atMs === null ? [] : [[atMs / 1_000, labels]];

const figureMetrics: readonly FigureMetric[] = [
  {
    name: 'connector_people_in_scope',
    help: 'People who should be synced, as they were planned last',
    samples: one(({ people }) => people.inScope),
  },
  {
    name: 'connector_people_linked',
    help: 'People who are linked to an account',
    samples: one(({ people }) => people.linked),
  },
  {
    name: 'connector_people_to_plan',
    help: 'People waiting to be planned',
    samples: one(({ people }) => people.toPlan),
  },
  {
    name: 'connector_people_to_judge',
    help: 'People who are planned and wait for the judgement of the guard',
    samples: one(({ people }) => people.toJudge),
  },
  {
    name: 'connector_people_to_deliver',
    help: 'People with steps to deliver',
    samples: one(({ people }) => people.toDeliver),
  },
  {
    name: 'connector_people_postponed',
    help: 'People with steps to deliver that are tried again later',
    samples: one(({ people }) => people.postponed),
  },
  {
    name: 'connector_people_held',
    help: 'People whose steps the guard holds until somebody releases or rejects them',
    samples: one(({ people }) => people.held),
  },
  {
    name: 'connector_people_pending',
    help: 'New people who wait for approval',
    samples: one(({ people }) => people.pending),
  },
  {
    name: 'connector_people_set_aside',
    help: 'People who are set aside until something is mended, those whose account was deleted by hand among them',
    samples: one(({ people }) => people.setAside),
  },
  {
    name: 'connector_changes_on_the_way',
    help: 'People with a change that was read in a directory and has not reached LastPass, without those whom it refuses as far as their changes are the oldest',
    samples: one(({ onTheWay }) => onTheWay.people),
  },
  {
    name: 'connector_oldest_change_age_seconds',
    help: 'How long ago the oldest of the changes on the way that LastPass does not refuse was read; 0 when there is none',
    samples: one(({ onTheWay, nowMs }) =>
      onTheWay.sinceMs === null ? 0 : Math.max(0, nowMs - onTheWay.sinceMs) / 1_000,
    ),
  },
  {
    name: 'connector_log_entries_unapplied',
    help: 'Entries of the change log that are not applied to the mirror yet',
    labelNames: ['directory'],
    samples: ({ directories }) => directories.map(({ id, unapplied }) => [unapplied, { directory: id }]),
  },
  {
    name: 'connector_directory_full_read_timestamp_seconds',
    help: 'When the last full read of a directory was complete',
    labelNames: ['directory'],
    samples: ({ directories }) =>
      directories.flatMap(({ id, completedAtMs }) => moment(completedAtMs, { directory: id })),
  },
  {
    name: 'connector_accounts',
    help: 'Accounts at LastPass, as they were last read',
    samples: one(({ accounts }) => accounts.count),
  },
  {
    name: 'connector_accounts_read_timestamp_seconds',
    help: 'When all accounts at LastPass were last read, by whichever pusher',
    samples: ({ accounts }) => moment(accounts.readAtMs),
  },
  {
    name: 'connector_steps_delivered_total',
    help: 'Steps delivered to LastPass, ever, by kind',
    labelNames: ['step'],
    counts: true,
    samples: ({ delivered }) => [...delivered].map(([kind, count]) => [count, { step: kind }]),
  },
  {
    name: 'connector_queue_jobs',
    help: 'Jobs in a queue, by their state',
    labelNames: ['queue', 'state'],
    samples: ({ queues }) =>
      queues.flatMap(({ name, jobs }) => jobStates.map((state) => [jobs[state], { queue: name, state }] as const)),
  },
  {
    name: 'connector_queue_oldest_waiting_job_age_seconds',
    help: 'How long the oldest waiting job of a queue has been waiting; 0 when none waits',
    labelNames: ['queue'],
    samples: ({ queues }) => queues.map(({ name, nextWaitsMs }) => [nextWaitsMs / 1_000, { queue: name }]),
  },
  {
    name: 'connector_lastpass_allowed_calls_per_second',
    help: 'Calls to LastPass that are allowed in a second, of all pushers together: lastpass.callsPerSecond, or less where LastPass bears less',
    samples: one(({ allowed }) => allowed.callsPerSecond),
  },
  {
    name: 'connector_lastpass_allowed_batch_size',
    help: 'Accounts that are allowed in one call to LastPass: lastpass.batchSize, or less where LastPass bears less',
    samples: one(({ allowed }) => allowed.batchSize),
  },
  {
    name: 'connector_lastpass_credentials_refused',
    help: '1 while LastPass refuses the configured credentials and nobody calls it, else 0',
    samples: one(({ isRefused }) => Number(isRefused)),
  },
  {
    name: 'connector_lastpass_licences',
    help: 'Licences that there are, where lastpass.licences says it',
    samples: ({ licences }) => (licences === null ? [] : [[licences]]),
  },
  {
    name: 'connector_lastpass_licences_taken',
    help: 'Accounts that take a licence, as they were last read: all but the disabled ones',
    samples: ({ accounts: { licensed } }) => (licensed === null ? [] : [[licensed]]),
  },
  {
    name: 'connector_lastpass_licences_exhausted',
    help: '1 while LastPass has no licence left and whoever needs one waits, else 0',
    samples: one(({ lacksLicences }) => Number(lacksLicences)),
  },
  {
    name: 'connector_deliveries_paused',
    help: '1 while somebody has paused all deliveries, else 0',
    samples: one(({ isPaused }) => Number(isPaused)),
  },
  {
    name: 'connector_audit_entries_unsealed',
    help: 'Entries of the audit trail that are not sealed yet',
    samples: one(({ unsealed }) => unsealed),
  },
];

/**
 * Adds them.
 * @param read looks at what is to be told, once for each scrape; `null`: it can't be known
 */
export function addFigureMetrics(registry: Registry, read: () => Promise<Figures | null>): void {
  let look: Promise<Figures | null> | null = null;
  const lookOnce = () => {
    look ??= read().finally(() => {
      look = null;
    });
    return look;
  };
  for (const { name, help, labelNames = [], counts, samples } of figureMetrics) {
    const common = { name, help, labelNames: [...labelNames], registers: [registry] };
    const tell = async (metric: Counter | Gauge) => {
      const figures = await lookOnce();
      metric.reset();
      if (labelNames.length === 0) metric.remove(); // which has become 0 by that
      for (const [value, labels = {}] of figures === null ? [] : samples(figures)) metric.inc(labels, value);
    };
    if (counts)
      new Counter({
        ...common,
        collect: function () {
          return tell(this);
        },
      });
    else
      new Gauge({
        ...common,
        collect: function () {
          return tell(this);
        },
      });
  }
}
