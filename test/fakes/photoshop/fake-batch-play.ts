import { channelNames } from './compositor.ts';
import { newLayer } from './fake-dom.ts';
import type { FakeDocument } from './fake-document.ts';
import type { FakeSession } from './fake-session.ts';
import { readCube, readDeviceLink } from './device-link-reader.ts';
import type { CurveState, LayerState, LookupState } from './layer-state.ts';

type Descriptor = Readonly<Record<string, unknown>>;

/** A failure that Photoshop reports as an answer, not by throwing. */
class Refusal extends Error {
  readonly result: number;

  constructor(message: string, result = -25920) {
    super(message);
    this.result = result;
  }
}

/** `action.batchPlay` for the descriptors that Evenlight uses; any other one throws, so that nothing is taken for granted. */
export async function batchPlay(session: FakeSession, commands: unknown, options: unknown): Promise<object[]> {
  if (!Array.isArray(commands) || typeof options !== 'object')
    throw new TypeError('batchPlay needs commands and options');
  const answers: object[] = [];
  for (const command of commands as Descriptor[]) {
    const name = `batchPlay ${String(command['_obj'])}`;
    // Reading is allowed at any time.
    if (command['_obj'] === 'get') await session.begin(name);
    else await session.enter(name);
    if (session.modal.isCancelled) session.modal.require(name);
    try {
      answers.push(play(session, command));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      answers.push({ _obj: 'error', message: error.message, result: error.result });
    }
  }
  return answers;
}

function play(session: FakeSession, command: Descriptor): object {
  switch (command['_obj']) {
    case 'make':
      return makeLayer(session, command);
    case 'set':
      return setProperty(session, command);
    case 'get':
      return getProperty(session, command);
    case 'select':
      return selectLayer(session, command);
    case 'selectNoLayers':
      documentOf(session, command).state.activeIds = [];
      return {};
    default:
      throw new Error(`the fake does not know the command ${String(command['_obj'])}`);
  }
}

/** An active marquee becomes the layer's mask and is gone; without one the mask is white. */
function makeLayer(session: FakeSession, command: Descriptor): object {
  const document = session.openDocument(undefined);
  const using = object(command['using']);
  const type = object(using['type']);
  if (reference(command, 0)['_ref'] !== 'adjustmentLayer') throw new Error('the fake makes adjustment layers only');
  const { mode, bits, selection } = document.state;
  if (document.state.isQuickMask === true) throw new Refusal('The command "Make" is not currently available.');
  if (bits === 1 || ['indexedColorMode', 'bitmapMode', 'duotoneMode', 'multichannelMode'].includes(mode)) {
    throw new Refusal('The command "Make" is not currently available.');
  }
  const kind = String(type['_obj'] ?? type['_class']);
  const layer = newLayer(session, { kind, name: typeof using['name'] === 'string' ? using['name'] : kind });
  fillAdjustment(session, document, { layer, type });
  layer.mask = selection ?? {
    rect: document.canvas,
    values: new Uint8Array(document.state.width * document.state.height).fill(255),
    outside: 255,
  };
  document.state.selection = undefined;
  insert(document, layer);
  document.changed(`New ${kind} Layer`);
  return { _obj: 'make', layerID: layer.id };
}

function insert(document: FakeDocument, layer: LayerState): void {
  try {
    document.insertAboveActive(layer);
  } catch (error) {
    throw new Refusal(error instanceof Error ? error.message : String(error));
  }
}

function fillAdjustment(
  session: FakeSession,
  document: FakeDocument,
  { layer, type }: { layer: LayerState; type: Descriptor },
): void {
  const kind = type['_obj'] ?? type['_class'];
  if (kind === 'curves') layer.curves = curvesOf(session, document, type);
  else if (kind === 'colorLookup') {
    if (document.state.mode !== 'RGBColorMode') throw new Refusal('The command "Make" is not currently available.');
    layer.lookup = session.options.ignoresLookups ? undefined : lookupOf(type);
  } else throw new Error(`the fake does not know the adjustment ${String(kind)}`);
}

function curvesOf(session: FakeSession, { state }: FakeDocument, type: Descriptor): readonly CurveState[] {
  const { grayChannel } = session.options;
  const allowed = channelNames(state.mode, grayChannel);
  if (state.mode === 'RGBColorMode' || state.mode === 'CMYKColorMode') allowed.push('composite');
  return list(type['adjustment'] ?? []).map((adjustment) => {
    const reference = object(adjustment['channel']);
    const channel = String(reference['_value']);
    if (reference['_ref'] !== 'channel' || reference['_enum'] !== 'channel')
      throw new Refusal('the channel is no reference');
    if (!allowed.includes(channel)) throw new Refusal(`there is no channel ${channel} in ${state.mode}`);
    const points = list(adjustment['curve']).map((point) => ({
      input: level(point['horizontal']),
      output: level(point['vertical']),
    }));
    if (points.length < 2 || points.length > 14) throw new Refusal(`a curve has 2 to 14 points, not ${points.length}`);
    points.slice(1).forEach(({ input }, i) => {
      if (input <= points[i]!.input) throw new Refusal('the points of a curve are not in order');
    });
    return { channel, points };
  });
}

function level(value: unknown): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > 255) {
    throw new Refusal(`a curve's point at ${String(value)}`);
  }
  return value;
}

/**
 * Photoshop computes with `profile`, an ICC DeviceLink; without it the layer is there and does nothing. Bytes must come wrapped;
 * anything else is dropped in silence.
 */
function lookupOf(type: Descriptor): LookupState | undefined {
  const profile = rawBytes(type['profile']);
  const text = rawBytes(type['LUT3DFileData']);
  if (profile === undefined || text === undefined) return undefined;
  const link = readDeviceLink(profile);
  const cube = readCube(Array.from(text, (byte) => String.fromCharCode(byte)).join(''));
  const worst = link.table.reduce((max, value, i) => Math.max(max, Math.abs(value - cube.table[i]!)), 0);
  if (link.size !== cube.size || worst > 1e-4) throw new Error(`the DeviceLink and the cube differ by ${worst}`);
  return link;
}

function rawBytes(value: unknown): Uint8Array | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { _rawData: encoding, _data: data } = value as Record<string, unknown>;
  if (encoding !== 'base64' || typeof data !== 'string') return undefined;
  return Uint8Array.from(atob(data), (character) => character.charCodeAt(0));
}

function setProperty(session: FakeSession, command: Descriptor): object {
  const first = reference(command, 0);
  const to = object(command['to']);
  if (first['_ref'] === 'adjustmentLayer') {
    const document = session.openDocument(undefined);
    const id = first['_id'] ?? document.state.activeIds[0];
    const layer = layerOf(document, id);
    if (layer.curves === undefined && layer.kind !== 'colorLookup')
      throw new Refusal('the active layer is no adjustment layer');
    fillAdjustment(session, document, { layer, type: to });
    document.changed('Set');
    return {};
  }
  if (first['_property'] === 'XMPMetadataAsUTF8' && first['_ref'] === 'property') {
    if (session.options.refusesLayerMetadata) throw new Refusal('The command "Set" is not currently available.');
    const document = documentOf(session, command);
    const layer = layerOf(document, reference(command, 1)['_id']);
    const packet = to['XMPMetadataAsUTF8'];
    if (typeof packet !== 'string' || !packet.includes('<x:xmpmeta')) throw new Refusal('no XMP packet');
    layer.xmp = rewritten(packet);
    document.changed('Set Metadata');
    return {};
  }
  throw new Error(`the fake cannot set ${JSON.stringify(command['_target'])}`);
}

/** Photoshop writes a packet anew: simple properties become attributes, and quotes are escaped. */
function rewritten(packet: string): string {
  return packet.replace(/>\s*<(\w+:\w+)>([^<]*)<\/\1>/g, (_, name: string, text: string) => {
    return ` ${name}="${text.replaceAll('"', '&quot;').replaceAll('&gt;', '&#x3E;')}">`;
  });
}

function getProperty(session: FakeSession, command: Descriptor): object {
  const property = reference(command, 0)['_property'];
  const document = documentOf(session, command);
  const layer = layerOf(document, reference(command, 1)['_id']);
  if (property === 'hasUserMask') return { hasUserMask: layer.mask !== undefined };
  if (property === 'hasVectorMask') return { hasVectorMask: false };
  if (property === 'XMPMetadataAsUTF8') {
    if (layer.isBackground) throw new Refusal('The requested property does not exist.');
    return layer.xmp === undefined ? {} : { XMPMetadataAsUTF8: layer.xmp };
  }
  throw new Error(`the fake cannot get ${String(property)}`);
}

function selectLayer(session: FakeSession, command: Descriptor): object {
  const document = documentOf(session, command);
  const layer = layerOf(document, reference(command, 0)['_id']);
  // Selecting a layer makes no history state.
  document.state.activeIds = [layer.id];
  return {};
}

function layerOf(document: FakeDocument, id: unknown): LayerState {
  try {
    return document.layer(Number(id));
  } catch {
    throw new Refusal('The object "layer" is not currently available.');
  }
}

/** The one that the target names, else the active one. */
function documentOf(session: FakeSession, command: Descriptor): FakeDocument {
  const named = list(command['_target']).find(({ _ref }) => _ref === 'document');
  return session.openDocument(named?.['_id'] as number | undefined);
}

function reference(command: Descriptor, index: number): Descriptor {
  return list(command['_target'])[index] ?? {};
}

function object(value: unknown): Descriptor {
  if (typeof value !== 'object' || value === null) throw new TypeError('a descriptor is missing');
  return value as Descriptor;
}

function list(value: unknown): Descriptor[] {
  if (!Array.isArray(value)) throw new TypeError('a list of descriptors is missing');
  return value as Descriptor[];
}
