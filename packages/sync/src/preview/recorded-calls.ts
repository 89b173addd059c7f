/** A LastPass that can't be written to: it says yes to everything, and keeps what it was asked. */
import { LastPassClient } from '@connector/lastpass/client.ts';
import { z } from 'zod';

/** A call as it would be sent, without who sends it. */
export interface RecordedCall {
  readonly command: string;
  readonly data: unknown;
}

const request = z.object({ cmd: z.string(), data: z.unknown() });

/** A client whose calls go nowhere. */
export class RecordingLastPass {
  readonly client: LastPassClient;
  #calls: RecordedCall[] = [];

  constructor() {
    this.client = new LastPassClient({
      apiUrl: 'https://nowhere.invalid/enterpriseapi.php', // RFC 2606: never resolves
      cid: '0',
      provhash: 'none',
      send: async ({ body }) => {
        const { cmd, data } = request.parse(JSON.parse(body));
        this.#calls.push({ command: cmd, data });
        return '{"status":"OK"}';
      },
    });
  }

  /** What was asked since the last time. */
  take(): RecordedCall[] {
    const taken = this.#calls;
    this.#calls = [];
    return taken;
  }
}
