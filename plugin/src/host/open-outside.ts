import { HostError } from '../errors.ts';
import { pluginFile } from './files.ts';
import type { ShellApi, UxpApi } from './uxp-api.ts';

/** Opens a page in the system's browser: {@link Host.openAddress}. */
export function openAddress({ shell }: UxpApi, address: string, why: string): Promise<void> {
  return launch(shell, (api) => api.openExternal(address, why), address);
}

/** Opens a file of the plugin in its program; `openExternal` refuses files: {@link Host.openPluginFile}. */
export async function openPluginFile({ shell, storage }: UxpApi, path: string, why: string): Promise<void> {
  const { nativePath } = await pluginFile(storage, path);
  return launch(shell, (api) => api.openPath(nativePath, why), path);
}

async function launch(shell: ShellApi | undefined, start: (shell: ShellApi) => Promise<string>, what: string) {
  if (shell === undefined) throw new HostError('REFUSED', `this Photoshop opens nothing outside: ${what}`);
  const problem = await start(shell).catch((error: unknown) => {
    throw new HostError('REFUSED', `"${what}" could not be opened`, { cause: error });
  });
  if (problem !== '') throw new HostError('REFUSED', `"${what}" could not be opened: ${problem}`);
}
