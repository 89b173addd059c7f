/** What the API answers in common. */
import { z } from 'zod';

export const prefix = '/api/v1';

/** The form of what is answered instead of a document. */
export const failed = z.strictObject({ error: z.strictObject({ code: z.string(), message: z.string() }) });

/** What is answered instead of a document: a code for programs, and a line for people. */
export const failure = (code: string, message: string): object => ({ error: { code, message } });
