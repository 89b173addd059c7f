/** A call as it comes in: JSON whatever its content type, or a form whose `data` is JSON. */
import { z } from 'zod';
import type { Settings } from './settings.ts';

const request = z
  .looseObject({
    cid: z.union([z.string(), z.number()]).transform(String),
    provhash: z.string(),
    cmd: z.string(),
    /** A free label of who calls, which the event log shows. */
    apiuser: z.string().trim().min(1).optional().catch(undefined),
  })
  .transform(({ cid, provhash, cmd, apiuser, ...rest }) => {
    return { cid, provhash, cmd, data: rest['data'], ...(apiuser === undefined ? {} : { apiuser }) };
  });
export type ApiRequest = z.infer<typeof request>;

/** The call in a raw body, or null where there is none in it. */
export function readRequest(body: string): ApiRequest | null {
  const parsed = request.safeParse(fromJson(body) ?? fromForm(body));
  return parsed.success ? parsed.data : null;
}

/** Whether the call may pass. */
export function isAuthorized({ cid, provhash }: ApiRequest, settings: Settings): boolean {
  return cid === settings.cid && provhash === settings.provhash;
}

function fromForm(body: string): unknown {
  const { data, ...fields } = Object.fromEntries(new URLSearchParams(body));
  return data === undefined ? fields : { ...fields, data: fromJson(data) ?? data };
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
