/** HTTP as bytes: a request of any form, and what comes back. */
import { connect } from 'node:net';

export interface RawRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
}

export interface RawAnswer {
  /** `null` where the server hung up without an answer. */
  readonly status: number | null;
  /** By name in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** The bytes of a request; what is in its parts stands there as it is, line breaks included. */
const bytesOf = ({ method, path, headers, body }: RawRequest): Buffer => {
  const lines = [
    `${method} ${path} HTTP/1.1`,
    'Host: console.test',
    'Connection: close',
    ...headers.map((each) => each.join(': ')),
  ];
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`);
};

/** The first answer in what came. */
function answerIn(received: string): RawAnswer {
  const [head = '', ...rest] = received.split('\r\n\r\n');
  const [first = '', ...lines] = head.split('\r\n');
  const headers = new Map(
    lines.map((line): [string, string] => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  const status = /^HTTP\/1\.1 (\d{3}) /.exec(first)?.[1];
  return { status: status === undefined ? null : Number(status), headers, body: rest.join('\r\n\r\n') };
}

/** Sends it on a connection of its own, and reads until the server hangs up, or says no more for a while. */
export async function sendRaw(port: number, request: RawRequest, { silenceMs = 2_000 } = {}): Promise<RawAnswer> {
  const socket = connect(port, '127.0.0.1');
  let received = '';
  socket.setEncoding('latin1').on('data', (text) => {
    received += text;
  });
  socket.on('error', () => socket.destroy()); // reset by a server that had enough: what came before counts
  socket.setTimeout(silenceMs, () => socket.destroy());
  const closed = new Promise((done) => socket.once('close', done));
  socket.write(bytesOf(request));
  await closed;
  return answerIn(received);
}
