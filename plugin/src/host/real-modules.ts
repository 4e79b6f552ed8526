// eslint-disable-next-line no-restricted-imports -- UXP's own `os`, not Node's; as a default import, so that methods keep their object.
import os from 'os';
import { action, app, core, imaging } from 'photoshop';
import { entrypoints, host, shell, storage, versions } from 'uxp';
import type { HostModules } from './photoshop-host.ts';
import type { PhotoshopApi } from './photoshop-api.ts';
import type { GlobalsApi, UxpApi } from './uxp-api.ts';

/** What its types do not have. */
declare const document: {
  addEventListener(type: 'uxpcommand', listener: (event: { readonly commandId?: unknown }) => void): void;
};

function onUxpCommand(listener: (commandId: string) => void): void {
  document.addEventListener('uxpcommand', ({ commandId }) => {
    if (typeof commandId === 'string') listener(commandId);
  });
}

/** UXP has it, its types do not. */
declare const URL: { createObjectURL(blob: object): string; revokeObjectURL(url: string): void };

/**
 * Photoshop itself. Names are imported one by one: the bundler then asks the modules for them as they are, instead of copying
 * their enumerable properties.
 *
 * The assertions: Adobe's types lack what is newer than they are (`recordAction`, `timeOut`) and describe entry points as arrays
 * that the documentation has as objects; `photoshop-api.ts` and `uxp-api.ts` follow the documentation.
 */
export function realModules(): HostModules {
  return {
    photoshop: { app, core, action, imaging } as unknown as PhotoshopApi,
    uxp: { storage, versions, host, entrypoints, shell } as unknown as UxpApi,
    globals: realGlobals(),
  };
}

function realGlobals(): GlobalsApi {
  const common = {
    platform: os.platform(),
    localStorage,
    ...(typeof document !== 'undefined' && { onUxpCommand }),
  };
  if (typeof ImageBlob === 'undefined') return common;
  return {
    ...common,
    ImageBlob,
    createObjectURL: (blob) => URL.createObjectURL(blob),
    revokeObjectURL: (url) => {
      URL.revokeObjectURL(url);
    },
  };
}
