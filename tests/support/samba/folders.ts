/** Where a domain keeps its things, and the smb.conf that says so: nothing of it lies outside of one folder. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface DomainFolders {
  readonly root: string;
  readonly configuration: string;
  readonly log: string;
  readonly caFile: string;
  /** Folder of certificates and keys. */
  readonly tls: string;
}

export const foldersIn = (root: string): DomainFolders => ({
  root,
  configuration: join(root, 'smb.conf'),
  log: join(root, 'log', 'samba.log'),
  caFile: join(root, 'private', 'tls', 'ca.pem'),
  tls: join(root, 'private', 'tls'),
});

const smbConf = ({ root, tls, log }: DomainFolders, realm: string, address: string) => `[global]
  netbios name = DC1
  realm = ${realm}
  workgroup = ${realm.split('.')[0]}
  server role = active directory domain controller
  interfaces = ${address}/8
  bind interfaces only = yes
  private dir = ${root}/private
  state directory = ${root}/state
  cache directory = ${root}/cache
  lock directory = ${root}/lock
  pid directory = ${root}/run
  ncalrpc dir = ${root}/ncalrpc
  winbindd socket directory = ${root}/winbindd
  ntp signd socket directory = ${root}/ntp_signd
  log file = ${log}
  log level = 1
  max log size = 0
  # LDAP only: simple binds need no KDC, DNS, SMB, RPC or winbindd
  server services = ldap
  # one worker: with several, Samba looks for changes to notify only every 5 s
  prefork children = 1
  ldap server require strong auth = no
  dsdb:schema update allowed = yes
  tls enabled = yes
  tls keyfile = ${tls}/key.pem
  tls certfile = ${tls}/cert.pem
  tls cafile = ${tls}/ca.pem
  tls verify peer = no_check
  dns update command = /bin/true
  # file ACLs in a database: the xattr security.NTACL isn't to be had in a container
  posix:eadb = ${root}/private/eadb.tdb
[sysvol]
  path = ${root}/state/sysvol
  read only = no
[netlogon]
  path = ${root}/state/sysvol/${realm.toLowerCase()}/scripts
  read only = no
`;

const subfolders = ['private/tls', 'cache', 'lock', 'run', 'ncalrpc', 'log', 'winbindd', 'ntp_signd'];

/** Makes the folders and the configuration of a domain that will listen on `address`. */
export async function prepareFolders(
  folders: DomainFolders,
  { realm, address }: { realm: string; address: string },
): Promise<void> {
  for (const folder of [...subfolders, `state/sysvol/${realm.toLowerCase()}/scripts`]) {
    await mkdir(join(folders.root, folder), { recursive: true });
  }
  await writeFile(folders.configuration, smbConf(folders, realm, address));
}
