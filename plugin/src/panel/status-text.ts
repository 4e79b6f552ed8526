import type { ConnectionState } from '../session/connection.ts';
import type { Settings } from '../session/settings.ts';
import { errorText } from './error-text.ts';
import type { Texts } from './texts/texts.ts';

/** One line that says where the photos are processed. */
export interface StatusText {
  readonly tone: 'good' | 'busy' | 'warn' | 'bad';
  readonly text: string;
}

/**
 * The line at the panel's top; `undefined` if there is nothing to say: photos are processed on this computer, and the user has asked
 * for nothing else. Whether this computer has a server is not worth a line either.
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

/** The full status, for the advanced settings: which server is used, or why none is. */
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
export function privacyText(connection: ConnectionState, { recipe }: Pick<Settings, 'recipe'>, texts: Texts): string {
  if (!('address' in connection) || connection.address === undefined || connection.address.isLoopback) {
    return texts('settings.privacyLocal');
  }
  const key = recipe.restore === 'off' ? 'settings.privacyRemote' : 'settings.privacyCleaning';
  return texts(key, { where: connection.address.host });
}

function placeOf({ isLoopback, host }: { readonly isLoopback: boolean; readonly host: string }, texts: Texts): string {
  return isLoopback ? texts('where.thisComputer') : host;
}
