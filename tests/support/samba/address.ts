/** Samba's LDAP ports are compiled in, so each domain has a loopback address to itself. */
import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

const ports = [389, 636, 3268, 3269];

/** Whether nothing listens on Samba's ports at an address. */
export async function isFree(address: string): Promise<boolean> {
  const probes = ports.map(
    (port) =>
      new Promise<boolean>((resolve, reject) => {
        const server = createServer();
        server.once('error', (error: NodeJS.ErrnoException) =>
          error.code === 'EADDRINUSE' ? resolve(false) : reject(error),
        );
        server.listen(port, address, () => server.close(() => resolve(true)));
      }),
  );
  return (await Promise.all(probes)).every(Boolean);
}

/** A free address, taken at random from 60,000, so that test files running side by side don't meet. */
export async function freeAddress(): Promise<string> {
  for (let attempt = 0; attempt < 50; attempt++) {
    const address = `127.0.${randomInt(16, 255)}.${randomInt(1, 255)}`;
    if (await isFree(address)) return address;
  }
  throw new Error('no free 127.0.x.y address for a domain controller: is another program listening on port 389?');
}
