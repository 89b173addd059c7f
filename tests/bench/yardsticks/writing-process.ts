/** writing-process.ts API_URL FILE: posts the bodies in FILE, a JSON array, one after the other; tells how many ms that took. */
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';

const [url = '', file = ''] = process.argv.slice(2);
const bodies = JSON.parse(readFileSync(file, 'utf8')) as string[];
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

const post = (body: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const asked = request(url, { method: 'POST', agent, headers: { 'content-type': 'application/json' } });
    asked.once('response', (answer) => resolve(text(answer)));
    asked.once('error', reject);
    asked.end(body);
  });

const beganMs = performance.now();
for (const body of bodies) {
  const answer = await post(body);
  if (/"status":"(FAIL|Authorization Error)"/i.test(answer)) throw new Error(answer.slice(0, 500));
}
console.log(performance.now() - beganMs);
agent.destroy();
