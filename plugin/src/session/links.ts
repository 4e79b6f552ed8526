/**
 * The pages that the panel opens in a browser, and that a store's reviewer asks for. An address that is not known yet is left out:
 * the panel then shows no button for it, and `npm run plugin:package` says what is missing before a submission.
 */
export const LINKS: Readonly<Partial<Record<'help' | 'privacy' | 'support', string>>> = {};
