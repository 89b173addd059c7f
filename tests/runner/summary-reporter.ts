/** A reporter for `node --test`: one line of JSON for each summary, for `test-file.ts` to count by. */

/** The event of `node --test` that we look at (https://nodejs.org/api/test.html#event-testsummary). */
interface TestEvent {
  readonly type: string;
  readonly data: { readonly file?: string; readonly counts?: object } | undefined;
}

export default async function* summaries(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  for await (const { type, data } of events) {
    if (type === 'test:summary') yield `${JSON.stringify({ file: data?.file ?? null, counts: data?.counts })}\n`;
  }
}
