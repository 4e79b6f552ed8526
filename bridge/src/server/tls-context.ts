import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { SecureContextOptions } from 'node:tls';
import { messageOf } from '@evenlight/models';
import { BridgeError } from '../errors.ts';
import type { TlsFiles } from './server-options.ts';

/**
 * Checks certificate and key, and that they belong together: Node itself starts a server without a certificate, to which no
 * client can connect.
 *
 * @throws BridgeError `TLS_INVALID`
 */
export function createTlsContext({ cert, key, clientCa }: TlsFiles): SecureContextOptions & {
  readonly requestCert: boolean;
  readonly rejectUnauthorized: boolean;
} {
  const certificate = read('certificate', () => new X509Certificate(cert));
  const privateKey = read('private key', () => createPrivateKey(key));
  if (!certificate.checkPrivateKey(privateKey)) {
    throw new BridgeError('TLS_INVALID', 'the private key is not the one of the certificate');
  }
  if (clientCa !== undefined) read('certificate authority of the clients', () => new X509Certificate(clientCa));
  return {
    cert,
    key,
    minVersion: 'TLSv1.2',
    requestCert: clientCa !== undefined,
    rejectUnauthorized: clientCa !== undefined,
    ...(clientCa === undefined ? {} : { ca: clientCa }),
  };
}

function read<T>(what: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw new BridgeError('TLS_INVALID', `the ${what} cannot be used: ${messageOf(error)}`, { cause: error });
  }
}
