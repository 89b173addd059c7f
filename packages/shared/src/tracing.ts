/**
 * Traces for OpenTelemetry: where the time of a change goes, from the read in the directory to the call to LastPass. A service makes none, and loads
 * nothing of what that takes, unless one of the standard variables says where to send them: `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT` or
 * `OTEL_EXPORTER_OTLP_ENDPOINT` (https://opentelemetry.io/docs/specs/otel/protocol/exporter/).
 *
 * Spans name changes, commands and numbers, and nobody: whoever collects them need not be trusted with the directory (promise 9).
 */
import {
  type Attributes,
  context,
  DiagLogLevel,
  diag,
  propagation,
  type SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import type { Logger } from 'pino';

export { SpanKind } from '@opentelemetry/api';

const tracerName = 'connector';
/** So long the last spans may take at the end, ms: nobody waits for a collector. */
const flushWithinMs = 1_000;
/** What is wrong with the collector is told once in so long, ms. */
const troubleEveryMs = 3_600_000;

export interface TracedOptions {
  /** Default: internal. */
  readonly kind?: SpanKind;
  readonly attributes?: Attributes;
}

/** Runs something as a span of the trace that is under way, or of a new one. */
export async function traced<T>(name: string, { kind, attributes }: TracedOptions, run: () => Promise<T>): Promise<T> {
  const options = { ...(kind === undefined ? {} : { kind }), ...(attributes === undefined ? {} : { attributes }) };
  return trace.getTracer(tracerName).startActiveSpan(name, options, async (span) => {
    try {
      return await run();
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR }); // without its message, which may name somebody
      span.setAttribute('error.type', kindOf(error));
      throw error;
    } finally {
      span.end();
    }
  });
}

/** Adds to the span that is under way what is known only now. */
export const tellSpan = (attributes: Attributes): void => void trace.getActiveSpan()?.setAttributes(attributes);

function kindOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}

let isOn = false;

/** Whether spans are sent anywhere. */
export const isTracing = (): boolean => isOn;

const isSet = (value: string | undefined): value is string => value !== undefined && value.trim() !== '';

export interface TracingOptions {
  /** The service, as traces name it: `connector-watcher`. */
  readonly service: string;
  /** Tells this process from its replicas. */
  readonly instance: string;
  readonly log: Logger;
  readonly environment?: NodeJS.ProcessEnv;
}

/**
 * Begins to send spans, if an endpoint is set.
 * @returns what sends the last ones and ends it
 */
export async function startTracing({
  service,
  instance,
  log,
  environment = process.env,
}: TracingOptions): Promise<() => Promise<void>> {
  const endpoint = environment['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'] || environment['OTEL_EXPORTER_OTLP_ENDPOINT'];
  if (!isSet(endpoint) || environment['OTEL_SDK_DISABLED'] === 'true') return async () => undefined;
  const [{ BatchSpanProcessor, TracerProvider }, { OTLPTraceExporter }, resources, hooks, core] = await Promise.all([
    import('@opentelemetry/sdk-trace'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/resources'),
    import('@opentelemetry/context-async-hooks'),
    import('@opentelemetry/core'),
  ]);
  diag.setLogger(troubleTeller(log), DiagLogLevel.WARN);
  const named = resources
    .resourceFromAttributes({ 'service.name': service, 'service.instance.id': instance })
    .merge(resources.detectResources({ detectors: [resources.envDetector] })); // OTEL_RESOURCE_ATTRIBUTES
  const provider = new TracerProvider({
    resource: resources.defaultResource().merge(named),
    spanProcessors: [new BatchSpanProcessor({ exporter: new OTLPTraceExporter() })],
  });
  trace.setGlobalTracerProvider(provider);
  context.setGlobalContextManager(new hooks.AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new core.W3CTraceContextPropagator());
  isOn = true;
  log.info({ to: URL.canParse(endpoint) ? new URL(endpoint).host : '' }, 'traces are sent');
  return async () => {
    const sent = provider.shutdown().catch(() => undefined); // told by the log
    await Promise.race([sent, new Promise((resolve) => setTimeout(resolve, flushWithinMs).unref())]);
  };
}

/** OpenTelemetry's word for what goes wrong, now and then. */
function troubleTeller(log: Logger) {
  let toldAtMs = Number.NEGATIVE_INFINITY;
  const tell = (message: string) => {
    if (performance.now() - toldAtMs < troubleEveryMs) return;
    toldAtMs = performance.now();
    log.warn({ problem: message }, 'traces may not arrive: look at OTEL_EXPORTER_OTLP_ENDPOINT and the collector');
  };
  const nothing = () => undefined;
  return { error: tell, warn: tell, info: nothing, debug: nothing, verbose: nothing };
}
