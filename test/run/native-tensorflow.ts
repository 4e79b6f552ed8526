import { spawnSync } from 'node:child_process';
import { PreparationError } from './preparation-error.ts';

/**
 * Runs the bridge's own set-up, which takes a second where everything is in place and says so on machines that have no
 * native TensorFlow.
 * @throws PreparationError when the set-up fails; it has printed its reason.
 */
export function putNativeTensorFlowInPlace(): void {
  const { status } = spawnSync(process.execPath, ['bridge/bin/evenlight.mjs', 'setup'], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (status !== 0) throw new PreparationError('native TensorFlow could not be set up. Run:\n\n  npm run setup\n');
}
