import { readProxyHeader } from '@evenlight/bridge/src/access/proxy-header.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const line = (text: string): Buffer => Buffer.from(text, 'latin1');
const SIGNATURE = '0d0a0d0a000d0a515549540a';
const hex = (...parts: string[]): Buffer => Buffer.from(parts.join('').replaceAll(' ', ''), 'hex');
const IPV4 = hex(SIGNATURE, '21 11 000c', 'c0000209 7f000001 1267 2131');
const IPV6 = hex(SIGNATURE, '21 21 0024', '20010db8000000000000000000000009', '0'.repeat(31), '1', '1267 2131');
const WITH_EXTENSION = hex(SIGNATURE, '21 11 0010', 'c0000209 7f000001 1267 2131', '04 0001 00');

describe('a header of the PROXY protocol', () => {
  it.each([
    ['version 1 over IPv4', line('PROXY TCP4 192.0.2.9 127.0.0.1 4711 8497\r\n'), '192.0.2.9'],
    ['version 1 over IPv6', line('PROXY TCP6 2001:db8::9 ::1 4711 8497\r\n'), '2001:db8::9'],
    ['version 1, IPv4 in IPv6', line('PROXY TCP6 ::ffff:192.0.2.9 ::1 4711 8497\r\n'), '192.0.2.9'],
    ['version 1, unknown', line('PROXY UNKNOWN\r\n'), undefined],
    ['version 1, unknown with addresses', line(`PROXY UNKNOWN ${'f'.repeat(39)} ::1 1 2\r\n`), undefined],
    ['version 2 over IPv4', IPV4, '192.0.2.9'],
    ['version 2 over IPv6', IPV6, '2001:db8::9'],
    ['version 2 with an extension', WITH_EXTENSION, '192.0.2.9'],
    ['version 2 of the proxy itself', hex(SIGNATURE, '20 00 0000'), undefined],
    ['version 2 of a socket of a file system', hex(SIGNATURE, '21 31 00d8', '00'.repeat(216)), undefined],
  ])('%s is read, however it is cut', (_what, bytes, address) => {
    for (let end = 0; end < bytes.length; end++) expect(readProxyHeader(bytes.subarray(0, end))).toBeUndefined();
    const withMore = Buffer.concat([bytes, line('GET / HTTP/1.1\r\n')]);
    expect(readProxyHeader(withMore)).toEqual({ address, sizeBytes: bytes.length });
  });

  it.each([
    ['HTTP', line('GET / HTTP/1.1\r\n')],
    ['TLS', hex('1603010200')],
    ['no address', line('PROXY TCP4 nonsense 127.0.0.1 4711 8497\r\n')],
    ['an address of the other kind', line('PROXY TCP4 ::1 ::1 4711 8497\r\n')],
    ['a number for an address', line('PROXY TCP4 3221225985 127.0.0.1 4711 8497\r\n')],
    ['no ports', line('PROXY TCP4 192.0.2.9 127.0.0.1\r\n')],
    ['a line without end', line(`PROXY TCP4 ${'1'.repeat(100)}`)],
    ['another version', hex(SIGNATURE, '31 11 000c')],
    ['another command', hex(SIGNATURE, '22 11 000c')],
    ['too short for its family', hex(SIGNATURE, '21 11 0008', 'c0000209 7f000001')],
    ['more extensions than anybody sends', hex(SIGNATURE, '21 11 ffff')],
  ])('is not %s', (_what, bytes) => {
    expect(() => readProxyHeader(bytes)).toThrow(expect.objectContaining({ code: 'BAD_INPUT' }) as Error);
  });

  it('may be anything at all: it is read, waited for or refused', () => {
    const start = fc.constantFrom(
      line('PROXY '),
      line('PROXY TCP4 '),
      hex(SIGNATURE),
      hex(SIGNATURE, '21 11'),
      hex(''),
    );
    fc.assert(
      fc.property(start, fc.uint8Array({ maxLength: 300 }), (begin, rest) => {
        try {
          readProxyHeader(Buffer.concat([begin, rest]));
        } catch (error) {
          expect(error).toMatchObject({ code: 'BAD_INPUT' });
        }
      }),
    );
  });
});
