/**
 * Stages the plugin in `plugin/dist/evenlight`, ready for the UXP Developer Tool.
 *
 *     npm run plugin:build
 *     npm run plugin:watch     (builds again when a source changes; without the engines inside Photoshop)
 */
import { buildPlugin, watchPlugin } from './build-plugin.ts';
import { checkPackage } from './check-package.ts';
import { readFolder } from './folder-files.ts';
import { STAGED } from './plugin-paths.ts';

if (process.argv.includes('--watch')) {
  await watchPlugin({ outFolder: STAGED, withEngines: false }, () => console.log(`${time()} built ${STAGED}`));
} else {
  await buildPlugin({ outFolder: STAGED });
  checkPackage(await readFolder(STAGED));
  console.log(`built ${STAGED}`);
}

function time(): string {
  return new Date().toTimeString().slice(0, 8);
}
