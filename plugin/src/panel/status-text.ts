import type { ConnectionState } from '../session/connection.ts';
import type { Settings } from '../session/settings.ts';
import { errorText } from './error-text.ts';
import type { Texts } from './texts/texts.ts';

/** What the user should know of who processes the photos, in a line. */
export interface StatusText {
  readonly tone: 'good' | 'busy' | 'warn' | 'bad';
  readonly text: string;
}

/**
 * The line at the panel's top; `undefined` where there is nothing to tell: photos are processed on this computer, and nobody has asked
 * for anything else. Whether a server is found on this computer or not is no news either.
 */
export function statusText(
  connection: ConnectionState,
  { enginePolicy }: Settings,
  texts: Texts,
): StatusText | undefined {
  const isServerOnly = enginePolicy === 'bridge';
  switch (connection.status) {
    case 'off':
      return undefined;
    case 'connected':
      return connection.address.isLoopback && !isServerOnly
        ? undefined
        : { tone: 'good', text: texts('status.server', { where: placeOf(connection.address, texts) }) };
    case 'connecting':
      return isServerOnly
        ? { tone: 'busy', text: texts('status.connecting', { where: placeOf(connection.address, texts) }) }
        : undefined;
    case 'waiting':
      return isServerOnly
        ? { tone: 'warn', text: texts('status.waiting', { where: placeOf(connection.address, texts) }) }
        : undefined;
    case 'refused':
      return isServerOnly
        ? { tone: 'bad', text: texts('status.refusedOnly') }
        : { tone: 'warn', text: texts('status.refused') };
  }
}

/** The whole truth, for the advanced settings: which server is used, or that none is and why. */
export function connectionText(connection: ConnectionState, texts: Texts): string {
  if (connection.status === 'connected') {
    return texts('settings.connected', { where: placeOf(connection.address, texts) });
  }
  if (connection.status === 'connecting') {
    return texts('status.connecting', { where: placeOf(connection.address, texts) });
  }
  return 'error' in connection ? errorText(connection.error, texts) : texts('settings.notConnected');
}

/** Where photographs go with these settings: the whole sentence. */
export function privacyText(connection: ConnectionState, texts: Texts): string {
  if (!('address' in connection) || connection.address === undefined || connection.address.isLoopback) {
    return texts('settings.privacyLocal');
  }
  return texts('settings.privacyRemote', { where: connection.address.host });
}

function placeOf({ isLoopback, host }: { readonly isLoopback: boolean; readonly host: string }, texts: Texts): string {
  return isLoopback ? texts('where.thisComputer') : host;
}
