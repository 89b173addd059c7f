/** What administrators write into the generated directory over LDAP. */
import { parentDn } from '@connector/shared/dn.ts';
import { AddRequest, type Attribute, BerReader, ModifyDNRequest, ModifyRequest, ProtocolOperation } from 'ldapts';
import type { LdapMessage } from '../ldap/messages.ts';
import type { GeneratedDirectory } from './directory.ts';

const valuesOf = ({ type, parsedBuffers }: Attribute): [string, readonly Buffer[]] => [type, parsedBuffers];

/** What carries out each operation, and the one that answers it (RFC 4511, 4.6 to 4.9). */
const operations: Readonly<
  Record<number, { answer: number; act: (directory: GeneratedDirectory, request: LdapMessage) => void }>
> = {
  [ProtocolOperation.LDAP_REQ_ADD]: {
    answer: ProtocolOperation.LDAP_RES_ADD,
    act(directory, { id: messageId, content }) {
      const request = new AddRequest({ messageId, dn: '' });
      request.parseMessage(new BerReader(content));
      directory.add(request.dn, new Map(request.attributes.map(valuesOf)));
    },
  },
  [ProtocolOperation.LDAP_REQ_MODIFY]: {
    answer: ProtocolOperation.LDAP_RES_MODIFY,
    act(directory, { id: messageId, content }) {
      const request = new ModifyRequest({ messageId, changes: [] });
      request.parseMessage(new BerReader(content));
      const modifications = request.changes.map(({ operation, modification }) => {
        const [type, values] = valuesOf(modification);
        return { operation, type, values };
      });
      directory.modify(directory.find(request.dn ?? ''), modifications);
    },
  },
  [ProtocolOperation.LDAP_REQ_MODRDN]: {
    answer: ProtocolOperation.LDAP_RES_MODRDN,
    act(directory, { id: messageId, content }) {
      const request = new ModifyDNRequest({ messageId });
      request.parseMessage(new BerReader(content));
      const above = directory.find(request.newSuperior || parentDn(request.dn));
      directory.move(directory.find(request.dn), { rdn: request.newRdn, above });
    },
  },
  [ProtocolOperation.LDAP_REQ_DELETE]: {
    answer: ProtocolOperation.LDAP_RES_DELETE,
    act: (directory, { content }) => directory.remove(directory.find(content.toString())),
  },
};

/**
 * Carries out what a request says.
 * @returns the operation that answers it; `null` when it is none that writes
 * @throws Refusal
 */
export function writeOperation({ operation }: LdapMessage): (typeof operations)[number] | null {
  return operations[operation] ?? null;
}
