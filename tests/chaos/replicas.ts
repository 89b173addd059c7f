/** Several replicas of each service; whichever is killed comes back. */
import type { Program } from '../support/child-process.ts';
import { type ServiceName, type Stack, serviceNames } from '../support/stack.ts';

/** Tells the replicas of a service apart. */
const suffixes = ['', '-b'] as const;

export interface Replica {
  readonly service: ServiceName;
  readonly suffix: string;
}

/** All of them. */
export const replicas: readonly Replica[] = serviceNames.flatMap((service) =>
  suffixes.map((suffix) => ({ service, suffix })),
);

/** The other replica of the same service. */
export const otherOf = ({ service, suffix }: Replica): Replica => ({
  service,
  suffix: suffixes.find((each) => each !== suffix) ?? suffix,
});

/** As the stack calls it. */
export const nameOf = ({ service, suffix }: Replica): string => service + suffix;

export class Replicas {
  readonly #stack: Stack;
  readonly #env: Record<string, string>;

  constructor(stack: Stack, env: Record<string, string>) {
    this.#stack = stack;
    this.#env = env;
  }

  startAll(): void {
    for (const replica of replicas) this.start(replica);
  }

  /** @param env of this process only */
  start({ service, suffix }: Replica, env: Record<string, string> = {}): Program {
    return this.#stack.start(service, { replica: suffix, env: { ...this.#env, ...env } });
  }

  program(replica: Replica): Program {
    return this.#stack.service(nameOf(replica));
  }

  /** Fails when one has ended that nobody killed: with what it printed last. */
  assertAllRun(): void {
    for (const replica of replicas) {
      const program = this.program(replica);
      if (!program.running) throw new Error(`${nameOf(replica)} has ended:\n${program.lines.slice(-20).join('\n')}`);
    }
  }
}
