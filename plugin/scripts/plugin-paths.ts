import path from 'node:path';

/** The repository, the plugin's sources, and where what is built of them goes. */
export const ROOT = path.resolve(import.meta.dirname, '../..');
export const PLUGIN = path.join(ROOT, 'plugin');
export const DIST = path.join(PLUGIN, 'dist');
/** The folder that the UXP Developer Tool loads. */
export const STAGED = path.join(DIST, 'evenlight');
