/**
 * A trace goes on through a queue: what rings a bell hands it over with the bell, and whoever answers goes on with it. Made for us, and not
 * `bullmq-otel`: of what BullMQ tells of its jobs, their errors and options may name people, and its look-out for jobs would make a span each second.
 */
import { type Context, context, propagation, ROOT_CONTEXT, type Span, trace } from '@opentelemetry/api';
import type { Telemetry } from 'bullmq';
import { z } from 'zod';
import { isTracing } from './tracing.ts';

/** What of BullMQ's work is worth a span: a bell that is rung, and one that is answered. Its jobs have their queues' names. */
const worthTelling = /^((?:add|process) [^.]+)/;
/** What is told of it; nothing else. */
const told: ReadonlySet<string> = new Set(['bullmq.queue.name', 'bullmq.queue.operation', 'bullmq.job.id']);

const carrier = z.record(z.string(), z.string());

/** BullMQ's options for it; nothing unless traces are sent. */
export const queueTracing = (): { telemetry?: Telemetry<Context> } => (isTracing() ? { telemetry } : {});

const telemetry: Telemetry<Context> = {
  tracer: {
    startSpan: (name, options, parent = context.active()) => {
      const [, worth] = worthTelling.exec(name) ?? [];
      return spanFor(worth === undefined ? null : trace.getTracer('connector').startSpan(worth, options, parent));
    },
  },
  contextManager: {
    with: (active, run) => context.with(active, run),
    active: () => context.active(),
    root: () => ROOT_CONTEXT,
    getMetadata: (active) => {
      const values: z.infer<typeof carrier> = {};
      propagation.inject(active, values);
      return JSON.stringify(values);
    },
    fromMetadata: (active, metadata) => {
      const { data } = carrier.safeParse(parsed(metadata));
      return data === undefined ? active : propagation.extract(active, data);
    },
  },
};

/** BullMQ's span; `null`: one that tells nothing. */
const spanFor = (span: Span | null) => ({
  setSpanOnContext: (active: Context) => (span === null ? active : trace.setSpan(active, span)),
  setAttribute: (key: string, value: unknown) => tell(span, key, value),
  setAttributes: (all: object) => {
    for (const [key, value] of Object.entries(all)) tell(span, key, value);
  },
  addEvent: () => undefined,
  recordException: () => undefined, // whatever fails is told by the span of what failed
  end: () => span?.end(),
});

function tell(span: Span | null, key: string, value: unknown): void {
  if (told.has(key) && (typeof value === 'string' || typeof value === 'number')) span?.setAttribute(key, value);
}

/** A job may hold anything. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
