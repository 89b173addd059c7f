/** `NO_PROXY`: hosts that are reached without a proxy. No standard says how; this is what curl, Go and Node agree on. Pure. */
import { BlockList, isIP } from 'node:net';

/**
 * Whether an address is on the list. Its entries, between commas or spaces, are `*` for everybody, a host, which stands for what is below
 * it, too (`.example.com` and `*.example.com` mean the same), an IP address or a network such as `10.0.0.0/8`; each with a port where
 * only that one is meant.
 */
export function isExempt(url: URL, list: string): boolean {
  const host = url.hostname.replace(/^\[|\]$/g, '').toLowerCase();
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .some((entry) => entry !== '' && names(entry, host, port));
}

function names(entry: string, host: string, port: string): boolean {
  if (entry === '*') return true;
  const { name, only } = partsOf(entry);
  if (only !== undefined && only !== port) return false;
  const [address = '', bits] = name.split('/');
  if (isIP(address) !== 0) return isIP(host) !== 0 && isWithin(host, address, bits);
  const domain = name.replace(/^\*?\./, '').replace(/\.$/, '');
  return domain !== '' && (host === domain || host.endsWith(`.${domain}`));
}

/** `[::1]:443`, `example.com:443`, `::1`: a port stands behind brackets, or the only colon. */
function partsOf(entry: string): { name: string; only: string | undefined } {
  const [, inBrackets, behind] = /^\[([^\]]+)\](?::(\d+))?$/.exec(entry) ?? [];
  if (inBrackets !== undefined) return { name: inBrackets, only: behind };
  const [, name, only] = /^([^:]+):(\d+)$/.exec(entry) ?? [];
  return name === undefined ? { name: entry, only: undefined } : { name, only };
}

function isWithin(host: string, address: string, bits: string | undefined): boolean {
  const family = isIP(address) === 4 ? 'ipv4' : 'ipv6';
  const longest = family === 'ipv4' ? 32 : 128;
  const prefix = bits === undefined ? longest : Number(bits || Number.NaN);
  if (isIP(host) !== isIP(address) || !Number.isInteger(prefix) || prefix < 0 || prefix > longest) return false;
  const listed = new BlockList();
  listed.addSubnet(address, prefix, family);
  return listed.check(host, family);
}
