import packageJson from '../package.json' with { type: 'json' };

/** Version of this software: one for all packages. */
export const SOFTWARE_VERSION: string = packageJson.version;
