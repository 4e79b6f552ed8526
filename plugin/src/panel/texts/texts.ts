import de from './de.json' with { type: 'json' };
import en from './en.json' with { type: 'json' };

export type TextKey = keyof typeof en;
export type Language = 'en' | 'de';

/** Every sentence in one language; `{names}` stand for values. */
export type Catalogue = Readonly<Record<TextKey, string>>;

/** All languages. One that lacks a key does not compile; one whose placeholders differ fails its test. */
export const CATALOGUES: Readonly<Record<Language, Catalogue>> = { en, de };

/** Gives a sentence with its values filled in. */
export interface Texts {
  readonly language: Language;
  (key: TextKey, values?: Readonly<Record<string, string | number>>): string;
}

/** Texts in one language. A placeholder without a value stays in the text, so that the mistake is seen. */
export function textsIn(language: Language): Texts {
  const catalogue = CATALOGUES[language];
  const text = (key: TextKey, values: Readonly<Record<string, string | number>> = {}): string =>
    catalogue[key].replace(/\{(\w+)\}/g, (placeholder, name: string) => String(values[name] ?? placeholder));
  return Object.assign(text, { language });
}

/** The language for a setting and Photoshop's locale ("de_DE"). */
export function languageFor(setting: 'auto' | Language, locale: string): Language {
  if (setting !== 'auto') return setting;
  return locale.toLowerCase().startsWith('de') ? 'de' : 'en';
}

/** Whether a string, such as one made from an error's code, is a key. */
export function isTextKey(key: string): key is TextKey {
  return Object.hasOwn(en, key);
}
