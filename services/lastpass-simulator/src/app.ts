/** The simulator as an application: it knows nothing of processes, signals or the command line. */
import fastify, { type FastifyInstance } from 'fastify';
import { controlApi } from './control-api.ts';
import { enterpriseApi } from './enterprise-api.ts';
import { federatedClientApi } from './federated-client-api.ts';
import { keyRegistrar } from './key-registrar.ts';
import { page } from './page/page.ts';
import { type SettingsPatch, settings as settingsSchema } from './settings.ts';
import { newSimulation, type Simulation } from './simulation.ts';
import type { StateInput } from './state.ts';
import { loadState, stateFile } from './state-file.ts';

export type SimulatorOptions = {
  /** Switches and credentials that differ from their defaults. */
  settings?: SettingsPatch;
  /** The state to begin with, where `stateFilePath` has none. */
  state?: StateInput;
  /** The state is loaded from here and kept here. */
  stateFilePath?: string;
  /** Milliseconds since 1970; `Date.now` where it is missing. */
  nowMs?: () => number;
  /** Numbers from 0 up to 1, for the faults' probability. */
  random?: () => number;
  /** Hears of a state file that couldn't be written. */
  onError?: (error: Error) => void;
};

/** Builds the simulator; `listen` or `inject` it, and `close` it, which writes the state file a last time. */
export async function buildSimulator(options: SimulatorOptions = {}): Promise<FastifyInstance> {
  const { settings, stateFilePath, state, onError = () => undefined, ...rest } = options;
  const begun = (stateFilePath === undefined ? undefined : await loadState(stateFilePath)) ?? state;
  const simulation = newSimulation({
    ...rest,
    settings: settingsSchema.parse(settings ?? {}),
    ...(begun === undefined ? {} : { state: begun }),
  });
  const app = fastify({ forceCloseConnections: true, keepAliveTimeout: 65_000 });
  if (stateFilePath !== undefined) keepState(app, { simulation, path: stateFilePath, onError });
  app.get('/healthz', () => ({ status: 'alive' }));
  app.register(enterpriseApi, { simulation });
  app.register(controlApi, { simulation });
  app.register(keyRegistrar, { simulation });
  app.register(federatedClientApi, { simulation });
  app.register(page, { simulation });
  return app;
}

type Keeping = { simulation: Simulation; path: string; onError: (error: Error) => void };

function keepState(app: FastifyInstance, { simulation, path, onError }: Keeping): void {
  const file = stateFile({ path, onError, snapshot: () => simulation.tenant.keptState() });
  simulation.onChange = () => file.changed();
  app.addHook('onClose', () => file.close());
}
