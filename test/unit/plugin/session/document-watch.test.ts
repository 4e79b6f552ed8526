import { describe, expect, it } from 'vitest';
import { SessionSetup } from '../../../fakes/plugin/session-setup.ts';

describe('the open documents', () => {
  it('are told as long as anybody looks, also after work of our own', async () => {
    const setup = new SessionSetup();
    setup.host.open();
    const stopSecond = setup.session.watch.begin();
    const toldBy = async (work: () => unknown): Promise<boolean> => {
      const before = setup.told('documents').length;
      await work();
      return setup.told('documents').length > before;
    };
    const look = (): void => setup.session.watch.refresh();
    expect([await toldBy(look), await toldBy(() => setup.host.touch(1))]).toEqual([true, true]);
    setup.stopWatching();
    expect([await toldBy(look), await toldBy(() => setup.host.touch(1))]).toEqual([true, true]);
    stopSecond();
    expect([await toldBy(look), await toldBy(() => setup.host.touch(1))]).toEqual([false, false]);
    expect(await toldBy(() => setup.session.photo.fix())).toBe(false);
    const stopThird = setup.session.watch.begin();
    expect(await toldBy(() => setup.session.photo.fix({ force: true }))).toBe(true);
    stopThird();
  });

  it('are told at the end of a fix, a batch and a removal, with the history as it is then', async () => {
    const setup = new SessionSetup();
    setup.host.open();
    const isNewest = (): boolean =>
      setup.last('documents').documents[0]!.historyStateId === setup.host.activeDocument()!.historyStateId;
    // Photoshop tells of nothing that happens in a modal state.
    setup.host.onDocumentsChanged = () => () => undefined;
    setup.stopWatching();
    setup.session.watch.begin();
    await setup.session.photo.fix();
    expect(isNewest()).toBe(true);
    await setup.session.photo.remove();
    expect(isNewest()).toBe(true);
    await setup.session.batch.fixAll({ force: true });
    expect(isNewest()).toBe(true);
  });
});
