import type { PanelActions } from '@evenlight/plugin/src/panel/panel-actions.ts';
import { INITIAL_STATE, reduce } from '@evenlight/plugin/src/panel/panel-state.ts';
import { SettingsView } from '@evenlight/plugin/src/panel/settings-view.ts';
import { textsIn } from '@evenlight/plugin/src/panel/texts/texts.ts';
import { describe, expect, it } from 'vitest';
import { MemoryScreen, wordsOf, type MemoryNode } from '../../../fakes/plugin/memory-screen.ts';

async function settings(options: ConstructorParameters<typeof MemoryScreen>[0] = {}): Promise<MemoryScreen> {
  const screen = new MemoryScreen(options);
  await screen.settled();
  await screen.click('Settings');
  return screen;
}

function input(screen: MemoryScreen, name: string, className: string): MemoryNode {
  return screen.all(name).find((node) => node.className === className)!;
}

describe('the settings', () => {
  it('are few until the others are asked for', async () => {
    const screen = await settings();
    expect(screen.words).toEqual(
      expect.arrayContaining(['Language', 'Photos are processed on this computer.', 'Evenlight 1.2.3', '▸']),
    );
    expect(screen.words).not.toContain('Processing');
    await screen.click('Advanced');
    expect(screen.words).toEqual(expect.arrayContaining(['Processing', '▾']));
    await screen.click('▾');
    expect(screen.words).not.toContain('Processing');
  });

  it('open the pages of help, privacy and support', async () => {
    const screen = await settings();
    for (const page of ['Help', 'Privacy', 'Support']) await screen.click(page);
    expect(screen.setup.host.opened).toHaveLength(3);
  });

  it('are chosen from lists', async () => {
    const screen = await settings();
    await screen.click('Advanced');
    const list = input(screen, 'Processing', 'ev-dropdown');
    expect(list.selectedIndex).toBe(2);
    list.selectedIndex = 1;
    list.fire('change');
    expect(screen.setup.store.settings.enginePolicy).toBe('bridge');
    list.selectedIndex = -1;
    list.fire('change');
    expect(screen.setup.store.settings.enginePolicy).toBe('bridge');
  });

  it('of the server are there unless Photoshop alone processes photos', async () => {
    const screen = await settings({ policy: 'automatic' });
    await screen.click('Advanced');
    expect(screen.words).toEqual(
      expect.arrayContaining(['Server address', 'Test connection', 'Connected to the server on this computer.']),
    );
    expect(screen.words).not.toContain('Connect');
    expect(screen.words).toEqual(expect.arrayContaining(['Processing in Photoshop', 'JavaScript: in use', 'works']));
    screen.setup.store.update({ enginePolicy: 'bridge' });
    await screen.settled();
    expect(screen.words).toContain('Server address');
    expect(screen.words).not.toContain('Processing in Photoshop');
    expect(screen.words).not.toContain('JavaScript: in use');
    screen.setup.store.update({ enginePolicy: 'panel' });
    await screen.settled();
    expect(screen.words).not.toContain('Server address');
    expect(screen.words).toContain('JavaScript: in use');
  });

  it('take an address, mark one that is none, and go back to the default where it is emptied', async () => {
    const screen = await settings({ policy: 'automatic' });
    await screen.click('Advanced');
    const field = input(screen, 'Server address', 'ev-textfield');
    expect(field.value).toBe('ws://127.0.0.1:8497');
    field.value = ' no address ';
    field.fire('change');
    await screen.settled();
    expect(screen.setup.store.settings.bridgeAddress).toBe('no address');
    expect(field.attributes.has('invalid')).toBe(true);
    expect(screen.words).toContain('Connect');
    field.value = '';
    field.fire('change');
    await screen.settled();
    expect(field.value).toBe('ws://127.0.0.1:8497');
    expect(field.attributes.has('invalid')).toBe(false);
  });

  it.each([
    [true, ['password', 'text', 'password']],
    [false, ['password', 'password', 'password']],
  ])('hide the access code; on a Mac (%s) not while it is typed', async (isMac, types) => {
    const screen = await settings({ policy: 'automatic', isMac });
    await screen.click('Advanced');
    const field = input(screen, 'Access code (token)', 'ev-textfield');
    const seen = ['', 'focus', 'blur'].map((event) => {
      field.fire(event);
      return field.attributes.get('type');
    });
    expect(seen).toEqual(types);
  });

  it.each([
    ['secure', "Stored in the system's keychain."],
    ['plain', "Stored unencrypted: the system's keychain is not available."],
  ] as const)('say where the access code is kept: %s', async (place, words) => {
    const screen = await settings({ policy: 'automatic' });
    screen.setup.host.storage.secretPlace = place;
    await screen.click('Advanced');
    expect(screen.words).toContain('Needed only if the server asks for one.');
    const field = input(screen, 'Access code (token)', 'ev-textfield');
    field.value = 'secret';
    field.fire('change');
    await screen.settled();
    expect(screen.words).toContain(words);
    expect(field.value).toBe('');
    expect([...screen.setup.host.storage.secrets.values()]).toEqual(['secret']);
  });

  it('say that there is an access code, of one that was stored before', () => {
    const screen = new MemoryScreen();
    const later = reduce(INITIAL_STATE, { type: 'token', isSet: true, place: undefined });
    const view = new SettingsView({} as PanelActions, { isMac: false, version: '1' });
    view.update({ ...later, isAdvanced: true }, textsIn('en'));
    screen.root.appendChild(view.part.node);
    expect(wordsOf(screen.root)).toContain(textsIn('en')('settings.tokenSet'));
    // No way of processing in Photoshop has been tried yet.
    expect(wordsOf(screen.root)).not.toContain('Processing in Photoshop');
  });

  it('tell which ways of processing in Photoshop were tried, and why one did not work', async () => {
    const screen = new MemoryScreen();
    const found = { elapsedMs: 5, engine: 'in-engine', reason: 'works' } as const;
    screen.setup.local.finds = [
      { ...found, engine: 'webview', outcome: 'failed', code: 'TIMEOUT', reason: 'no answer' },
      { ...found, outcome: 'chosen' },
      { ...found, engine: 'plain', outcome: 'waiting', reason: 'not tried' },
    ];
    await screen.setup.session.probeEngines();
    await screen.click('Settings');
    await screen.click('Advanced');
    const lines = [...screen.root.visible()].filter(({ className }) => className.startsWith('ev-rung is-'));
    expect(lines.map((line) => `${line.className.slice(11)}: ${wordsOf(line).join(', ')}`)).toEqual([
      'neutral: Web view: not available, no answer',
      'good: WebAssembly: in use, works',
      'neutral: JavaScript: in reserve',
    ]);
  });

  it('test the connection step by step', async () => {
    const screen = await settings({ policy: 'automatic' });
    await screen.click('Advanced');
    expect(screen.words).not.toContain('Reachable');
    await screen.click('Test connection');
    const rungs = [...screen.root.visible()].filter(({ className }) => className.startsWith('ev-rung is-'));
    const shown = rungs.map(({ className, children }) =>
      [className.slice(11), ...[...children[1]!.visible()].map(({ textContent }) => textContent)]
        .filter(Boolean)
        .join(' '),
    );
    expect(shown).toEqual(expect.arrayContaining(['neutral Encryption (TLS) not used']));
    expect(shown.find((line) => line.startsWith('good Address'))).toBeDefined();
  });
});
