import * as z from 'zod/mini';
import about from '../../package.json' with { type: 'json' };

/** Pages that the panel opens outside of Photoshop, and that a store's reviewer asks for. */
export const PAGE_NAMES = ['help', 'support', 'privacy'] as const;
export type PageName = (typeof PAGE_NAMES)[number];

const address = z.optional(z.string().check(z.startsWith('https://')));

/** Public addresses: `links` of the plugin's package.json is their one home. A page without one is opened from the package. */
export const LINKS: { readonly [name in PageName]?: string | undefined } = z
  .strictObject({ help: address, privacy: address, support: address })
  .parse(about.links);

/** A page in the package, in one of the panel's languages. */
export function pagePath(name: PageName, language: string): string {
  return `pages/${name}.${language}.html`;
}
