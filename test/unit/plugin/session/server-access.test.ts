import { describe, expect, it } from 'vitest';
import { settle } from '../../../fakes/plugin/manual-clock.ts';
import { SessionSetup } from '../../../fakes/plugin/session-setup.ts';

async function connected(): Promise<SessionSetup> {
  const setup = new SessionSetup('automatic');
  await setup.session.server.start();
  await settle();
  return setup;
}

describe('the connection to a server', () => {
  it('is begun once, however often the plugin is used', async () => {
    const setup = await connected();
    setup.session.server.reconnect();
    await setup.session.server.start();
    await settle();
    expect(setup.opened).toHaveLength(1);
    expect(setup.told('token')).toHaveLength(2);
  });

  it('that was lost is tried again at once when the user asks for it', async () => {
    const setup = await connected();
    setup.link!.drop(1006);
    await settle();
    expect(setup.last('connection').state.status).toBe('waiting');
    setup.session.server.reconnect();
    await settle();
    expect(setup.opened).toHaveLength(2);
    expect(setup.last('connection').state.status).toBe('connected');
  });

  it('is not begun by an access code that is typed before anybody uses the plugin', async () => {
    const setup = new SessionSetup('automatic');
    await setup.session.server.setToken('secret');
    await settle();
    expect(setup.opened).toEqual([]);
    await setup.session.server.setToken('  ');
    expect(setup.last('token')).toMatchObject({ isSet: false });
  });

  it('ends with the plugin, and so do a job and a diagnosis', async () => {
    const setup = await connected();
    setup.host.open();
    const job = setup.session.photo.fix();
    const diagnosis = setup.session.server.diagnose();
    await setup.session.dispose();
    await expect(job).rejects.toMatchObject({ code: 'CANCELLED' });
    await diagnosis;
    expect(setup.told('diagnosis').every(({ isRunning }) => isRunning)).toBe(true);
    expect(setup.connection.state).toEqual({ status: 'off' });
    expect(setup.link!.client.isOpen).toBe(false);
  });
});

describe('the models to choose from', () => {
  it('are told anew when another engine may work, when the server is there, and for no other setting', async () => {
    const setup = await connected();
    const told = (): number => setup.told('models').length;
    const before = told();
    setup.session.updateRecipe({ strength: 60 });
    await settle();
    expect(told()).toBe(before);
    setup.session.updateSettings({ enginePolicy: 'bridge' });
    await settle();
    expect(told()).toBe(before + 1);
    setup.link!.drop(1006);
    await settle();
    expect(told()).toBe(before + 1);
    setup.session.server.reconnect();
    await settle();
    expect(told()).toBe(before + 2);
  });
});
