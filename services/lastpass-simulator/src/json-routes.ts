/** What routes that take and give JSON have in common: checking what comes in, and refusing it in words. */
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { z } from 'zod';
import { problem } from './problem.ts';
import { SeedError } from './seed-error.ts';

/** A request that can't be followed; `statusCode` is the HTTP status. */
export class RequestRefused extends Error {
  readonly code = 'request-refused';
  readonly statusCode: number;

  constructor(message: string, statusCode = 400) {
    super(message);
    this.statusCode = statusCode;
  }
}

/** Has refusals answered as `{"error":"…"}`, and takes JSON only. */
export function speakJson(app: FastifyInstance): void {
  app.setErrorHandler((error: Error & { statusCode?: number }, _request, reply: FastifyReply) =>
    reply.code(error instanceof SeedError ? 400 : (error.statusCode ?? 500)).send({ error: error.message }),
  );
  app.removeContentTypeParser('text/plain');
}

/** What came in, by its schema. @throws RequestRefused */
export function read<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new RequestRefused(problem(parsed.error));
}
