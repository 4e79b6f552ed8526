import type { SessionTexts } from '../session/session-parts.ts';
import { decimalText, evText } from './number-text.ts';
import type { Texts } from './texts/texts.ts';

/** The names of the plugin's layers and history states in Photoshop, in the language set when they are made. */
export function photoshopTexts(texts: () => Texts): SessionTexts {
  return {
    layerName(_model, { strength, evBias }) {
      const { language } = texts();
      const percent = decimalText(strength, 0, language);
      if (evBias === 0) return texts()('photoshop.layer', { percent });
      return texts()('photoshop.layerWithEv', { percent, ev: evText(evBias, language) });
    },
    cleanedLayerName: () => texts()('photoshop.cleanedLayer'),
    historyName: () => texts()('photoshop.history'),
    strengthName: () => texts()('photoshop.strength'),
    removedName: () => texts()('photoshop.removed'),
    readTitle: () => texts()('photoshop.reading'),
    writeTitle: () => texts()('photoshop.writing'),
    cubeName: (title) => `${title.replace(/\.[^.]{1,5}$/, '')}.cube`,
    stepName: ({ target }) => texts()(target === 'all' ? 'photoshop.stepAll' : 'photoshop.step'),
  };
}
