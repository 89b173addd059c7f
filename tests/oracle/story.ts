/** What happened, in its order, for who reads of a failure. */
import type { Operation } from '../acceptance/directory-model.ts';
import type { HandOperation } from './expected-tenant.ts';
import type { Word } from './settled-oracle.ts';

/** Something done, or a moment at which everything done before had arrived. */
export type StoryEvent = Operation | HandOperation | Word | { readonly moment: number };

export class Story {
  readonly #events: StoryEvent[] = [];

  tell(...events: readonly StoryEvent[]): void {
    this.#events.push(...events);
  }

  /** The events that concern those whom differences are about: lines that begin with a user name, or the test's name of somebody. */
  of(differences: readonly string[]): string[] {
    const names = new Set(differences.map((line) => line.split(': ')[0] ?? ''));
    const concerns = (event: StoryEvent, name: string): boolean =>
      Object.values(event).some((value) => typeof value === 'string' && value.toLowerCase() === name);
    const addressed = this.#events.flatMap((event) =>
      'person' in event && 'mail' in event && event.mail
        ? [{ person: event.person, mail: event.mail.toLowerCase() }]
        : [],
    );
    for (const { person, mail } of addressed) if (names.has(person)) names.add(mail);
    for (const { person, mail } of addressed) if (names.has(mail)) names.add(person);
    return this.#events
      .filter((event) => 'moment' in event || [...names].some((name) => concerns(event, name)))
      .map((event) => JSON.stringify(event));
  }
}
