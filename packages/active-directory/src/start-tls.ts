/**
 * StartTLS (RFC 4511, 4.14; MS-ADTS 3.1.1.3.4.2): asks a server on its plain port to begin TLS. Nothing else is said on
 * the connection before, so that no password can leave it in the clear.
 */
import type { Socket } from 'node:net';
import { BerReader, ExtendedRequest, ProtocolOperation } from 'ldapts';
import { DirectoryError } from './errors.ts';
import { resultText } from './ldap-failure.ts';

const startTlsOid = '1.3.6.1.4.1.1466.20037';
const messageId = 1;
/** Every LDAP message begins with this tag (RFC 4511, 5.1). */
const sequence = 0x30;
/** The answer is some hundred bytes; whoever sends that much more speaks something else. */
const longestAnswer = 16_384;

/** Asks, and resolves when the server has agreed and its next byte will be TLS'. @throws DirectoryError start-tls-refused */
export async function askForTls(socket: Socket, url: string): Promise<void> {
  socket.write(new ExtendedRequest({ messageId, oid: startTlsOid }).write());
  const { status, errorMessage } = await answerOf(socket, url);
  if (status === 0) return;
  const why = `(${resultText({ status, errorMessage })}), so nobody was signed in`;
  const remedy = 'give the domain controller a certificate, or see whether ldaps:// works';
  throw new DirectoryError('start-tls-refused', `${url} refuses StartTLS ${why}; ${remedy}`, { ldapCode: status });
}

async function answerOf(socket: Socket, url: string): Promise<{ status: number; errorMessage: string }> {
  const answer = Promise.withResolvers<Buffer>();
  let received = Buffer.alloc(0);
  const odd = () => new DirectoryError('start-tls-refused', `${url} answers StartTLS with what isn't LDAP; is it AD?`);
  const onData = (data: Buffer) => {
    received = Buffer.concat([received, data]);
    const length = lengthOf(received);
    // Bytes beyond the answer came in the clear, from whoever sits in between; they mustn't be taken for TLS' (CVE-2011-0411).
    if (length === received.length) answer.resolve(received);
    else if (length === 'malformed' || received.length > (length ?? longestAnswer)) answer.reject(odd());
  };
  const onClose = () =>
    answer.reject(new DirectoryError('start-tls-refused', `${url} hangs up at StartTLS; is it AD?`));
  socket.on('data', onData).once('close', onClose);
  try {
    return parsed(await answer.promise) ?? Promise.reject(odd());
  } finally {
    socket.off('data', onData).off('close', onClose).pause();
  }
}

/** How long the message that begins here is; `null` when too little of it has come. */
function lengthOf(bytes: Buffer): number | null | 'malformed' {
  if (bytes[0] !== sequence) return 'malformed';
  try {
    const reader = new BerReader(bytes);
    return reader.readSequence() === null ? null : reader.offset + reader.length;
  } catch {
    return 'malformed';
  }
}

function parsed(message: Buffer): { status: number; errorMessage: string } | null {
  try {
    const reader = new BerReader(message);
    reader.readSequence();
    const answers = reader.readInt();
    const operation = reader.readSequence();
    if (answers !== messageId || operation !== ProtocolOperation.LDAP_RES_EXTENSION) return null;
    const status = reader.readEnumeration();
    reader.readString();
    const errorMessage = reader.readString() ?? '';
    return status === null ? null : { status, errorMessage };
  } catch {
    return null; // told as an answer that isn't LDAP
  }
}
