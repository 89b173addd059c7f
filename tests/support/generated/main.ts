/**
 * The generated directory as a process, so that what it takes is nobody else's:
 *
 *   node tests/support/generated/main.ts --people 100000 [--address 127.0.0.1] [--certificate FILE --key FILE] [--one-answer]
 *
 * It tells its addresses in one line of JSON, and ends with a signal. Anybody signs in with the password that it tells there.
 * `--one-answer`: DirSync's answers have no pages, as Samba's.
 */
import { parseArgs } from 'node:util';
import { LoopbackServer, loopbackPassword } from './loopback-server.ts';

const { values } = parseArgs({
  options: {
    people: { type: 'string', default: '10000' },
    address: { type: 'string', default: '127.0.0.1' },
    certificate: { type: 'string' },
    key: { type: 'string' },
    'one-answer': { type: 'boolean', default: false },
  },
});
const people = Number(values.people);
if (!Number.isSafeInteger(people) || people < 1) throw new Error(`--people is ${values.people}; write a number from 1`);
const { certificate, key } = values;
const server = await LoopbackServer.start({
  people,
  address: values.address,
  dirSync: values['one-answer'] ? 'one' : 'pages',
  ...(certificate !== undefined && key !== undefined ? { tls: { certificateFile: certificate, keyFile: key } } : {}),
});
const { ldapUrl, ldapsUrl, baseDn } = server;
console.log(JSON.stringify({ ldapUrl, ldapsUrl, baseDn, password: loopbackPassword }));
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => process.exit(0));
