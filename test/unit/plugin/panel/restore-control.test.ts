import { parseBridgeAddress } from '@evenlight/client';
import { INITIAL_STATE, type PanelState } from '@evenlight/plugin/src/panel/panel-state.ts';
import { RestoreControl } from '@evenlight/plugin/src/panel/restore-control.ts';
import { textsIn } from '@evenlight/plugin/src/panel/texts/texts.ts';
import { describe, expect, it } from 'vitest';
import { recipeWith } from '../../../fakes/plugin/fix-setup.ts';
import { serverHello } from '../../../fakes/plugin/fake-bridge.ts';
import { flatPicture, MemoryHost } from '../../../fakes/plugin/memory-host.ts';
import { MemoryScreen, wordsOf } from '../../../fakes/plugin/memory-screen.ts';

function stateWith(restoration: NonNullable<ReturnType<typeof serverHello>['restoration']>): PanelState {
  const settings = { ...INITIAL_STATE.settings, recipe: recipeWith({ restore: 'auto' }) };
  const address = parseBridgeAddress('ws://127.0.0.1:8497');
  return {
    ...INITIAL_STATE,
    settings,
    connection: { status: 'connected', address, server: { ...serverHello(), restoration } },
  };
}

describe('cleaning noise on a server that can', () => {
  const cleaner = { name: 'denoise', version: '1', checksum: '0'.repeat(64) };
  const document = new MemoryHost().open(flatPicture(60), { width: 3000, height: 2000 });

  it.each([
    ['takes as long as it has measured for so many pixels', { ...cleaner, secondsPerMegapixel: 5 }, document, true],
    ['has not been measured', cleaner, document, false],
    ['is of no document', { ...cleaner, secondsPerMegapixel: 5 }, undefined, false],
  ])('says the time where it %s', (_, restoration, shown, isSaid) => {
    const screen = new MemoryScreen();
    const control = new RestoreControl({ changeRecipe: () => undefined });
    control.update(stateWith(restoration), shown, textsIn('en'));
    screen.root.appendChild(control.part.node);
    const words = wordsOf(screen.root);
    expect(words.includes('About 30\u00a0s more on the Evenlight server.')).toBe(isSaid);
    expect(words.some((text) => text.startsWith('Cleaning noise needs'))).toBe(false);
  });
});
