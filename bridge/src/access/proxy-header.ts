import ipaddr from 'ipaddr.js';
import { BridgeError } from '../errors.ts';

/** What a proxy says of the connection that it passes on, before its first byte. */
export interface ProxyHeader {
  /** Of the client; undefined where the proxy asks for itself, as its health checks do, or does not know. */
  readonly address: string | undefined;
  /** How many bytes the header has; what follows is the client's. */
  readonly sizeBytes: number;
}

/** "PROXY UNKNOWN" with two IPv6 addresses and two ports: no line of version 1 is longer. */
const MAX_LINE_BYTES = 107;
const LINE_START = Buffer.from('PROXY ');
const SIGNATURE = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1');
const FIXED_BYTES = 16;
/** Version 2 allows 64 KiB of extensions; HAProxy's own, with the names of a certificate, stay far below this. */
const MAX_ADDRESS_BYTES = 4096;
const VERSION_2 = 2;
const COMMAND = { local: 0, proxy: 1 } as const;
/** Family and transport that say where a client's address lies, and how long it is. */
const ADDRESS_BYTES: Readonly<Record<number, number>> = { 0x11: 4, 0x21: 16 };

/**
 * Reads the header of the PROXY protocol, versions 1 and 2
 * (https://www.haproxy.org/download/2.6/doc/proxy-protocol.txt). The packages that do (proxy-protocol-js,
 * \@balena/proxy-protocol-parser) take a whole header in one piece, take any text for an address, and do not know `UNKNOWN`.
 *
 * @param bytes all that has come so far
 * @returns undefined when there is more to come
 * @throws BridgeError `BAD_INPUT` when no header begins like this
 */
export function readProxyHeader(bytes: Buffer): ProxyHeader | undefined {
  if (beginsLike(bytes, SIGNATURE)) return bytes.length < FIXED_BYTES ? undefined : readBinary(bytes);
  if (beginsLike(bytes, LINE_START)) return readLine(bytes);
  throw noHeader(`begins with ${bytes.subarray(0, SIGNATURE.length).toString('hex')}`);
}

function beginsLike(bytes: Buffer, start: Buffer): boolean {
  const length = Math.min(bytes.length, start.length);
  return bytes.subarray(0, length).equals(start.subarray(0, length));
}

function readLine(bytes: Buffer): ProxyHeader | undefined {
  const end = bytes.subarray(0, MAX_LINE_BYTES).indexOf('\r\n');
  if (end === -1 && bytes.length >= MAX_LINE_BYTES) throw noHeader(`is a line of more than ${MAX_LINE_BYTES} bytes`);
  if (end === -1) return undefined;
  const line = bytes.toString('latin1', 0, end);
  const sizeBytes = end + 2;
  if (/^PROXY UNKNOWN( |$)/.test(line)) return { address: undefined, sizeBytes };
  const [, family = '', address = ''] = /^PROXY TCP([46]) (\S+) \S+ \d{1,5} \d{1,5}$/.exec(line) ?? [];
  const isAddress = family === '4' ? ipaddr.IPv4.isValidFourPartDecimal(address) : ipaddr.IPv6.isValid(address);
  if (!isAddress) throw noHeader(`is the line "${line}"`);
  return { address: ipaddr.process(address).toString(), sizeBytes };
}

function readBinary(bytes: Buffer): ProxyHeader | undefined {
  const [version, command] = [bytes[12]! >> 4, bytes[12]! & 15];
  const length = bytes.readUInt16BE(14);
  if (version !== VERSION_2 || command > COMMAND.proxy) throw noHeader(`has version ${version}, command ${command}`);
  if (length > MAX_ADDRESS_BYTES) throw noHeader(`has ${length} bytes of addresses, at most ${MAX_ADDRESS_BYTES}`);
  const sizeBytes = FIXED_BYTES + length;
  if (bytes.length < sizeBytes) return undefined;
  const addressBytes = ADDRESS_BYTES[bytes[13]!];
  // Other families have no address that could be limited or logged: the proxy's own stands for it.
  if (command === COMMAND.local || addressBytes === undefined) return { address: undefined, sizeBytes };
  // Source and destination, and a port for each.
  const needed = 2 * addressBytes + 4;
  if (length < needed) throw noHeader(`has ${length} bytes of addresses, needs ${needed}`);
  const address = ipaddr.fromByteArray([...bytes.subarray(FIXED_BYTES, FIXED_BYTES + addressBytes)]);
  return { address: ipaddr.process(address.toString()).toString(), sizeBytes };
}

function noHeader(why: string): BridgeError {
  return new BridgeError('BAD_INPUT', `a header of the PROXY protocol is needed; what came ${why}`);
}
