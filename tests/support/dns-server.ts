/**
 * A name server for one test: a real one on a UDP port of 127.0.0.1, which knows the records that it is told and says of every
 * other name that there is no such (RFC 1035; SRV: RFC 2782).
 */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';

export interface ServiceRecord {
  readonly target: string;
  readonly port?: number;
  readonly priority?: number;
  readonly weight?: number;
}

const types = { a: 1, aaaa: 28, srv: 33 } as const;
const codes = { serverFailure: 2, noSuchName: 3, refused: 5 } as const;
/** Seconds; nothing is to be remembered. */
const timeToLive = 0;

type Failure = 'serverFailure' | 'refused' | 'silence';

interface Question {
  readonly name: string;
  readonly type: number;
  /** The question as it came, to be repeated in the answer. */
  readonly bytes: Buffer;
}

export class DnsServer implements AsyncDisposable {
  /** As a resolver takes it. */
  readonly address: string;
  /** Names that were asked for, in lower case, in order. */
  readonly asked: string[] = [];
  /** Set: every question is answered so. */
  failure: Failure | null = null;
  /** Set: every question for an IPv6 address is. */
  failureOfSix: Failure | null = null;
  readonly #socket: Socket;
  readonly #services = new Map<string, readonly ServiceRecord[]>();
  readonly #hosts = new Map<string, string>();

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.address = `127.0.0.1:${socket.address().port}`;
  }

  static async start(): Promise<DnsServer> {
    const socket = createSocket('udp4');
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    const server = new DnsServer(socket);
    socket.on('message', (message, { port, address }) => {
      const answer = server.#answer(message);
      if (answer !== null) socket.send(answer, port, address);
    });
    return server;
  }

  /** Sets the SRV records of a name; none: there is no such name. */
  setServices(name: string, records: readonly ServiceRecord[]): void {
    this.#services.set(name.toLowerCase(), records);
  }

  /** Sets the IPv4 address of a host. */
  setHost(name: string, address: string): void {
    this.#hosts.set(name.toLowerCase(), address);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.close();
    await once(this.#socket, 'close');
  }

  #answer(message: Buffer): Buffer | null {
    const question = questionOf(message);
    this.asked.push(question.name);
    const failure = this.failure ?? (question.type === types.aaaa ? this.failureOfSix : null);
    if (failure === 'silence') return null;
    const records = failure === null ? this.#recordsFor(question) : [];
    const isKnown = this.#hosts.has(question.name) || (this.#services.get(question.name)?.length ?? 0) > 0;
    const code = failure !== null ? codes[failure] : isKnown ? 0 : codes.noSuchName;
    const header = Buffer.alloc(12);
    message.copy(header, 0, 0, 2); // the question's id
    header.writeUInt16BE(0x8580 | code, 2); // an answer, authoritative, recursion desired and available
    header.writeUInt16BE(1, 4);
    header.writeUInt16BE(records.length, 6);
    return Buffer.concat([header, question.bytes, ...records.map((data) => recordOf(question.type, data))]);
  }

  #recordsFor({ name, type }: Question): Buffer[] {
    const host = this.#hosts.get(name);
    if (type === types.a) return host === undefined ? [] : [Buffer.from(host.split('.').map(Number))];
    return type === types.srv ? (this.#services.get(name) ?? []).map(serviceData) : [];
  }
}

function questionOf(message: Buffer): Question {
  const labels: string[] = [];
  let at = 12;
  for (let length = message.readUInt8(at); length > 0; length = message.readUInt8(at)) {
    labels.push(message.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  const bytes = message.subarray(12, at + 5);
  return { name: labels.join('.').toLowerCase(), type: message.readUInt16BE(at + 1), bytes };
}

/** A record of the name in the question, to which 0xc00c points. */
function recordOf(type: number, data: Buffer): Buffer {
  const head = Buffer.alloc(12);
  head.writeUInt16BE(0xc00c, 0);
  head.writeUInt16BE(type, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt32BE(timeToLive, 6);
  head.writeUInt16BE(data.length, 10);
  return Buffer.concat([head, data]);
}

function serviceData({ target, port = 389, priority = 0, weight = 100 }: ServiceRecord): Buffer {
  const numbers = Buffer.alloc(6);
  numbers.writeUInt16BE(priority, 0);
  numbers.writeUInt16BE(weight, 2);
  numbers.writeUInt16BE(port, 4);
  const labels = target.split('.').filter((label) => label !== '');
  const name = labels.map((label) => Buffer.from([label.length, ...Buffer.from(label)]));
  return Buffer.concat([numbers, ...name, Buffer.of(0)]);
}
