/** A server that answers every call with one text, for answers that the simulator doesn't give. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import type { LastPassClientOptions } from '../src/enterprise-api.ts';

/** Options of a client for it; `answer` gives the text. It ends with the test. */
export async function answering(t: TestContext, answer: () => string): Promise<LastPassClientOptions> {
  const server = createServer((request, response) => {
    request.resume();
    request.once('end', () => response.end(answer()));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { apiUrl: `http://127.0.0.1:${port}/enterpriseapi.php`, cid: '1', provhash: 'hush', timeoutMs: 5_000 };
}
