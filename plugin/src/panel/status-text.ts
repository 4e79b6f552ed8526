import type { ConnectionState } from '../session/connection.ts';
import type { Settings } from '../session/settings.ts';
import { errorText } from './error-text.ts';
import type { Texts } from './texts/texts.ts';

/** Who works at the moment, in a line. */
export interface StatusText {
  readonly tone: 'good' | 'busy' | 'warn' | 'bad';
  readonly text: string;
}

/** The line at the panel's top: which engine the next photograph goes to, and where its pixels go. */
export function statusText(connection: ConnectionState, { enginePolicy }: Settings, texts: Texts): StatusText {
  const isBridgeOnly = enginePolicy === 'bridge';
  switch (connection.status) {
    case 'off':
      return { tone: 'good', text: texts('status.panel') };
    case 'connected':
      return { tone: 'good', text: texts('status.connected', { where: placeOf(connection.address, texts) }) };
    case 'connecting':
      return { tone: 'busy', text: texts('status.connecting', { where: placeOf(connection.address, texts) }) };
    case 'waiting':
      return isBridgeOnly
        ? { tone: 'warn', text: texts('status.waitingForBridge', { where: placeOf(connection.address, texts) }) }
        : { tone: 'warn', text: texts('status.waiting') };
    case 'refused':
      if (isBridgeOnly) return { tone: 'bad', text: texts('status.refusedForBridge') };
      return {
        tone: 'warn',
        text: texts(connection.error.code === 'BAD_ADDRESS' ? 'status.badAddress' : 'status.refused'),
      };
  }
}

/** Why there is no connection; `undefined` if there is one, or none is wanted. */
export function connectionProblem(connection: ConnectionState, texts: Texts): string | undefined {
  return 'error' in connection ? errorText(connection.error, texts) : undefined;
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
