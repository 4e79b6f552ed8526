import type { SessionTexts } from '../session/exposure-session.ts';
import { decimalText, evText } from './number-text.ts';
import type { Texts } from './texts/texts.ts';

/** The names under which the plugin's work appears in Photoshop itself, in the language that is spoken when it is done. */
export function photoshopTexts(texts: () => Texts): SessionTexts {
  return {
    layerName(model, { strength, evBias }) {
      const { language } = texts();
      const percent = decimalText(strength, 0, language);
      if (evBias === 0) return texts()('photoshop.layer', { model, percent });
      return texts()('photoshop.layerWithEv', { model, percent, ev: evText(evBias, language) });
    },
    historyName: () => texts()('photoshop.history'),
    readTitle: () => texts()('photoshop.reading'),
    writeTitle: () => texts()('photoshop.writing'),
    cubeName: (title) => `${title.replace(/\.[^.]{1,5}$/, '')}.cube`,
    stepName: ({ target }) => texts()(target === 'all' ? 'photoshop.stepAll' : 'photoshop.step'),
  };
}
