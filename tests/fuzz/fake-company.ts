/** A small domain as a fake directory answers for it: everything in two pages, look-ups, an empty DirSync, and what a watcher asks besides. */
import { Buffer } from 'node:buffer';
import { guid, root } from '../reconciler/reconciling.ts';
import {
  type Answerer,
  cookieIn,
  dirSyncOid,
  type FakeAnswer,
  type FakeEntry,
  pageOid,
  sequence,
} from '../support/fake-directory.ts';

const base = 'DC=example,DC=test';
const ou = 300;
const team = 200;
export const people: readonly number[] = Array.from({ length: 12 }, (_, index) => 100 + index);
const noSuchObject = 32;

/** These objectGUIDs have zeros where the two forms differ. */
const bytesOf = (number: number): Buffer => Buffer.from(guid(number).replaceAll('-', ''), 'hex');

/** An object at a place; `displayName` is what changes in the company. */
function entry(number: number, dn: string, more: FakeEntry['attributes']): FakeEntry {
  const [rdn = ''] = dn.split(',');
  const attributes = {
    name: [rdn.slice(rdn.indexOf('=') + 1)],
    whenCreated: ['20260101000000.0Z'],
    objectGUID: [bytesOf(number)],
    uSNChanged: ['5'],
  };
  return { dn: `<GUID=${guid(number)}>;${dn}`, attributes: { ...attributes, ...more } };
}

const dnOf = (number: number): string => `CN=User ${number},OU=Unit,${base}`;
const linkTo = (number: number, dn: string): string => `<GUID=${guid(number)}>;${dn}`;

/** Everything there is, once they are called so. */
function objectsOf(displayName: string): ReadonlyMap<number, FakeEntry> {
  const persons = people.map((number): [number, FakeEntry] => [
    number,
    entry(number, dnOf(number), {
      objectClass: ['top', 'person', 'user'],
      parentGUID: [bytesOf(ou)],
      mail: [`u${number}@example.test`],
      displayName: [`${displayName} ${number}`],
      userAccountControl: ['512'],
      memberOf: [linkTo(team, `CN=Team,OU=Unit,${base}`)],
    }),
  ]);
  return new Map([
    [root, entry(root, base, { objectClass: ['top', 'domain', 'domainDNS'] })],
    [ou, entry(ou, `OU=Unit,${base}`, { objectClass: ['top', 'organizationalUnit'], parentGUID: [bytesOf(root)] })],
    [
      team,
      entry(team, `CN=Team,OU=Unit,${base}`, {
        objectClass: ['top', 'group'],
        parentGUID: [bytesOf(ou)],
        member: people.map((each) => linkTo(each, dnOf(each))),
      }),
    ],
    ...persons,
  ]);
}

/** Answers for the company. @param displayName how everybody is called now */
export function answersOf(displayName: () => string): Answerer {
  return ({ base: asked, controls }): FakeAnswer => {
    const objects = objectsOf(displayName());
    if (asked.startsWith('<WKGUID=')) return { entries: [{ dn: asked, attributes: { isDeleted: ['TRUE'] } }] };
    if (asked === 'CN=NTDS Settings') return { entries: [{ dn: asked, attributes: { invocationId: [bytesOf(999)] } }] };
    const wanted = /^<GUID=[0-9-]*?([1-9]\d*)>$/.exec(asked)?.[1];
    const found = objects.get(Number(wanted));
    if (wanted !== undefined) return found ? { entries: [found] } : { status: noSuchObject };
    if (controls.has(dirSyncOid))
      return { entries: [], controls: { [dirSyncOid]: sequence(0, 0, Buffer.from('here')) } };
    if (!controls.has(pageOid)) return { entries: [...objects.values()].slice(0, 1) };
    const all = [...objects.values()];
    const isSecond = cookieIn(controls.get(pageOid)) === 'second';
    return {
      entries: isSecond ? all.slice(8) : all.slice(0, 8),
      controls: { [pageOid]: sequence(0, Buffer.from(isSecond ? '' : 'second')) },
    };
  };
}
