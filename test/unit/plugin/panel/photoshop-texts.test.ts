import { describe, expect, it } from 'vitest';
import { photoshopTexts } from '@evenlight/plugin/src/panel/photoshop-texts.ts';
import { textsIn } from '@evenlight/plugin/src/panel/texts/texts.ts';
import { recipeWith } from '../../../fakes/plugin/fix-setup.ts';

const english = photoshopTexts(() => textsIn('en'));
const german = photoshopTexts(() => textsIn('de'));

describe('names in Photoshop', () => {
  it('of layers have the strength, and the EV bias if there is one', () => {
    expect(english.layerName('Evenlight exposure', recipeWith({ strength: 60 }))).toBe('Evenlight 60 %');
    expect(german.layerName('Evenlight exposure', recipeWith({ evBias: -0.5 }))).toBe('Evenlight 100 %, −0,5 EV');
  });

  it("of .cube files have the document's, without its extension", () => {
    expect(english.cubeName('IMG_0412.CR3')).toBe('IMG_0412.cube');
    expect(english.cubeName('v1.2 final')).toBe('v1.2 final.cube');
  });

  it('of recorded steps say which documents', () => {
    const recipe = recipeWith({});
    expect(english.stepName({ target: 'all', recipe })).toBe('Fix exposure in all open documents');
    expect(german.stepName({ target: 'active', recipe })).toBe('Belichtung korrigieren');
  });
});
