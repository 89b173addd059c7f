/** Where something listens, as Linux tells it. */

/** The engine's name server has this address in every container, on a port that has nothing to do with us. */
const engineNameServer = '127.0.0.11';
/** TCP_LISTEN, include/net/tcp_states.h. */
const listening = '0A';

/** Bytes in the order of the machine, which is little-endian on all that Node 24 has images for. */
const addressOf = (hex: string): string => [...Buffer.from(hex, 'hex')].reverse().join('.');

/**
 * The TCP ports that something listens on, other than the engine's own.
 * @param table /proc/net/tcp: a header, then a line for each socket, its address and its state in hexadecimal (proc_net_tcp.rst)
 */
export function listeningPorts(table: string): number[] {
  const sockets = table.trim().split('\n').slice(1);
  return sockets.flatMap((line) => {
    const [, local = '', , state] = line.trim().split(/\s+/);
    const [address = '', port = ''] = local.split(':');
    return state === listening && addressOf(address) !== engineNameServer ? [Number.parseInt(port, 16)] : [];
  });
}
