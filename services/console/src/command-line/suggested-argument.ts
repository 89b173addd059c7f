/** Arguments of which more is known than commander can be told: what a shell offers there. */
import { Argument } from 'commander';

/** What may stand there. */
export type Suggestion =
  | { readonly kind: 'words'; readonly words: readonly string[] }
  /** `key=value`: each key, and its values where these are fixed. */
  | { readonly kind: 'assignments'; readonly valuesOf: ReadonlyMap<string, readonly string[]> };

/** Such an argument. What it suggests is offered, and not insisted on. */
export class SuggestedArgument extends Argument {
  /** Made when it is asked for: a command may suggest what is added after it. */
  readonly suggestion: () => Suggestion;
  /** It suggests this only where the command's first argument is this word; `null`: always. */
  readonly after: string | null;

  constructor(
    flags: string,
    description: string,
    { suggestion, after = null }: { suggestion: () => Suggestion; after?: string | null },
  ) {
    super(flags, description);
    this.suggestion = suggestion;
    this.after = after;
  }
}
