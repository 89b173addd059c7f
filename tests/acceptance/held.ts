/** Whom the guard holds, as the `connector` command tells and decides it. */
import assert from 'node:assert/strict';
import { z } from 'zod';
import type { Stack } from '../support/stack.ts';

const heldList = z.object({
  held: z.array(
    z
      .object({
        username: z.string(),
        name: z.string(),
        because: z.string(),
        steps: z.array(z.object({ kind: z.string(), because: z.string() })),
      })
      .transform(({ because, ...person }) => ({ ...person, heldBecause: because })),
  ),
});
export type HeldPerson = z.infer<typeof heldList>['held'][number];

/** Runs the command; fails with what it printed when it doesn't end with 0. */
export async function connector(stack: Stack, ...args: string[]): Promise<string> {
  await using command = stack.command(...args);
  const code = await command.ended;
  assert.equal(code, 0, `connector ${args.join(' ')} ended with ${code}: ${command.output}`);
  return command.output;
}

/** Those who are held, by user name. */
export async function heldPeople(stack: Stack): Promise<Map<string, HeldPerson>> {
  const { held } = heldList.parse(JSON.parse(await connector(stack, 'held', '--json')));
  return new Map(held.map((person) => [person.username, person]));
}

/** Lets all go who are held. @returns how many were */
export async function releaseAll(stack: Stack): Promise<number> {
  const count = await stack.store.redis.zcard(stack.keys.held);
  if (count > 0) await connector(stack, 'release', '--all', '--json');
  return count;
}
