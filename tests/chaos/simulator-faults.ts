/** Several faults of the simulator at once, each with an end of its own. */
import type { Simulator } from '../support/simulator.ts';
import { Turns } from './turns.ts';

export class SimulatorFaults {
  readonly #simulator: Simulator;
  readonly #inForce = new Set<object>();
  readonly #turns = new Turns();

  constructor(simulator: Simulator) {
    this.#simulator = simulator;
  }

  /** Adds one. @returns the end of it */
  async begin(fault: object): Promise<() => Promise<void>> {
    this.#inForce.add(fault);
    await this.#tell();
    return async () => {
      this.#inForce.delete(fault);
      await this.#tell();
    };
  }

  /** The list as a whole is replaced each time; whatever hangs goes on then. */
  #tell(): Promise<void> {
    return this.#turns.take(() => this.#simulator.faults([...this.#inForce]));
  }
}
