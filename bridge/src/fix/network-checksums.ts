import { DEFAULT_RESTORATION } from '@evenlight/models';
import { defaultModelsFolder, readModelFolder, readRestorationFolder } from '@evenlight/runtime';
import { modelChecksum } from '../service/model-checksum.ts';
import type { FixOptions } from './fix-options.ts';
import type { PhotoFixer } from './photo-fixer.ts';

/** The checksums of a run's networks, which differ from version to version. Empty for a network that does not exist. */
export interface NetworkChecksums {
  readonly exposure: string;
  readonly restoration: string;
}

/**
 * Asks the bridge for the checksums, or reads the contracts in the models folder. Never fails: photographs that need a missing network
 * report it themselves.
 */
export async function networkChecksums(
  { bridgeUrl, modelsFolder = defaultModelsFolder() }: Pick<FixOptions, 'bridgeUrl' | 'modelsFolder'>,
  model: string,
  startFixer: () => Promise<PhotoFixer>,
): Promise<NetworkChecksums> {
  const isRemote = bridgeUrl !== undefined;
  const askBridge = async (name: string): Promise<string | undefined> => (await startFixer()).checksumOf(name);
  const readHere = { model: readModelFolder, restoration: readRestorationFolder };
  const read = async (kind: keyof typeof readHere, name: string): Promise<string> =>
    modelChecksum((await readHere[kind](modelsFolder, name)).contract);
  const [exposure, restoration] = await Promise.all([
    orEmpty(isRemote ? askBridge(model) : read('model', model)),
    orEmpty(isRemote ? askBridge(DEFAULT_RESTORATION) : read('restoration', DEFAULT_RESTORATION)),
  ]);
  return { exposure, restoration };
}

async function orEmpty(checksum: Promise<string | undefined>): Promise<string> {
  return (await checksum.catch(() => undefined)) ?? '';
}
