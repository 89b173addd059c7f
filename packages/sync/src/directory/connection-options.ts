/** From a directory's configuration to what connecting takes. */
import type { DirectoryOptions } from '@connector/active-directory/connection.ts';
import type { DirectoryConfiguration } from '@connector/shared/configuration.ts';
import { readCertificateFile } from '@connector/shared/text-file.ts';

/** The CA's certificate as text. @throws Error naming the file */
function certificateOf({ tls, id }: DirectoryConfiguration): string | undefined {
  if (tls.caFile === undefined) return undefined;
  try {
    return readCertificateFile(tls.caFile);
  } catch (cause) {
    throw new Error(
      `directories ${id}: tls.caFile ${tls.caFile} can't be read: write the path of the CA's certificate in PEM form`,
      { cause },
    );
  }
}

/** What connecting to a directory takes. @throws Error naming the file of a certificate that can't be read */
export function connectionOptions(directory: DirectoryConfiguration): DirectoryOptions {
  const { urls, domain, dnsServers, bindDn, bindPassword, insecure, tls } = directory;
  const { serverName, startTls } = tls;
  return {
    urls,
    domain,
    dnsServers,
    bindDn,
    bindPassword,
    insecure,
    tls: { ca: certificateOf(directory), serverName, startTls },
  };
}
