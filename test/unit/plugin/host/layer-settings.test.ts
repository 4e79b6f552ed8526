import { readXmpPacket, writeXmpPacket } from '@evenlight/plugin/src/host/xmp-packet.ts';
import { describe, expect, it } from 'vitest';
import { createHost, darkPixels, FULL_STRENGTH, gain, PLACEMENT, READ, STEP } from './host-on-fake.ts';

const BACKGROUND = { kind: 'background', pixels: darkPixels(8, 8) } as const;
const PIXELS = { ...PLACEMENT, correction: gain(1.5), adjustment: FULL_STRENGTH };
const SETTINGS = { schema: 1, model: 'exposure', note: '<b>"A & B"</b> – ñ 😀', list: [1, null, true] };

describe('an XMP packet', () => {
  it('gives back what was put in', () => {
    const packet = writeXmpPacket(SETTINGS);
    expect(packet).toMatch(/^<\?xpacket begin="\ufeff"/);
    expect(packet).not.toContain('<b>');
    expect(readXmpPacket(packet)).toEqual(SETTINGS);
  });

  it('is understood with another prefix, as an attribute, with other escapes', () => {
    const namespace = 'urn:evenlight:layer-settings:1#';
    const json = '{&quot;a&quot;:&#x22;x &amp; y&#34;}';
    const attribute = `<rdf:Description xmlns:ns1='${namespace}' ns1:settings="${json}"/>`;
    expect(readXmpPacket(attribute)).toEqual({ a: 'x & y' });
  });

  it.each([
    ['no packet at all', ''],
    [
      "somebody else's",
      '<rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>x</dc:title></rdf:Description>',
    ],
    ['no JSON', writeXmpPacket('x').replace('"x"', '{')],
  ])('has no settings if it is %s', (_what, packet) => {
    expect(readXmpPacket(packet)).toBeUndefined();
  });
});

describe('the settings of a layer', () => {
  it('come back from the document', async () => {
    const { host } = createHost({ documents: [{ width: 8, height: 8, layers: [BACKGROUND] }] });
    const { layerId } = await host.placePixels(await host.readSource(1, READ), { ...PIXELS, settings: SETTINGS }, STEP);
    expect(await host.readSettings(1, STEP)).toEqual({ layerId, settings: SETTINGS });
  });

  it('are those of the active layer, else of the newest one', async () => {
    const { host, control } = createHost({ documents: [{ width: 8, height: 8, layers: [BACKGROUND] }] });
    const first = await host.placePixels(await host.readSource(1, READ), { ...PIXELS, settings: 'first' }, STEP);
    const second = await host.placePixels(await host.readSource(1, READ), { ...PIXELS, settings: 'second' }, STEP);
    const { state } = control.document(1);
    state.activeIds = [first.layerId];
    expect(await host.readSettings(1, STEP)).toEqual({ layerId: first.layerId, settings: 'first' });
    state.activeIds = [state.layers.at(-1)!.id];
    expect(await host.readSettings(1, STEP)).toEqual({ layerId: second.layerId, settings: 'second' });
  });

  it('are missing where no layer is ours', async () => {
    const { host } = createHost({ documents: [{ width: 8, height: 8, layers: [{ name: 'empty' }, BACKGROUND] }] });
    expect(await host.readSettings(1, STEP)).toBeUndefined();
  });
});
