import { colorSpaceByName, colorSpaces, linearColorSpace, type ColorSpace } from '@evenlight/models';
import type { CompositeReason, DocumentInfo, DocumentMode, Obstacle, LayerOutput, SourceKind } from '../host.ts';
import { describeLayer, isInLockedGroup, onCanvas } from './layers.ts';
import type { DocumentApi, LayerApi } from './photoshop-api.ts';

const MODES: Readonly<Record<string, DocumentMode>> = {
  RGBColorMode: 'rgb',
  grayscaleMode: 'grayscale',
  CMYKColorMode: 'cmyk',
  labColorMode: 'lab',
  indexedColorMode: 'indexed',
  bitmapMode: 'bitmap',
  duotoneMode: 'duotone',
  multichannelMode: 'multichannel',
};

/** Photoshop adds it to the profiles of 32-bit documents and does not take it back (Adobe, "Imaging API"). */
const LINEAR_SUFFIX = / \(Linear [A-Za-z]+ Profile\)$/;

/** The profile's name in the form that the imaging API takes. */
function plainProfileName(name: string): string {
  return name.replace(LINEAR_SUFFIX, '');
}

/** What is known of a document without reading its pixels. */
export function describeDocument(document: DocumentApi): DocumentInfo {
  const mode = MODES[document.mode] ?? 'multichannel';
  const bitsPerChannel = bitDepth(document.bitsPerChannel);
  const activeLayer = soleActiveLayer(document);
  const obstacle = obstacleOf(document, mode, bitsPerChannel);
  return {
    id: document.id,
    title: document.title,
    mode,
    bitsPerChannel,
    width: document.width,
    height: document.height,
    profileName: profileName(document),
    ...describeColorSpace(document, mode, bitsPerChannel),
    outputs: obstacle === undefined ? outputsOf(mode, bitsPerChannel) : [],
    ...(obstacle !== undefined && { obstacle }),
    ...sourcesOf(document, mode, activeLayer),
    activeLayer: activeLayer && describeLayer(activeLayer),
    hasSelection: hasSelection(document),
    historyStateId: document.activeHistoryState?.id ?? 0,
  };
}

export function hasSelection({ selection }: DocumentApi): boolean {
  const bounds = selection?.bounds ?? null;
  return bounds !== null && bounds.right > bounds.left && bounds.bottom > bounds.top;
}

function profileName({ colorProfileType, colorProfileName }: DocumentApi): string | undefined {
  const isUntagged = colorProfileType === 'none' || colorProfileName === '' || colorProfileName === 'None';
  return isUntagged ? undefined : plainProfileName(colorProfileName);
}

function bitDepth(bitsPerChannel: string | number): DocumentInfo['bitsPerChannel'] {
  const digits = String(bitsPerChannel).replace(/\D/g, '');
  if (digits === '1') return 1;
  if (digits === '16') return 16;
  return digits === '32' ? 32 : 8;
}

function describeColorSpace(
  document: DocumentApi,
  mode: DocumentMode,
  bitsPerChannel: DocumentInfo['bitsPerChannel'],
): Pick<DocumentInfo, 'colorSpace' | 'isColorSpaceAssumed'> {
  if (mode !== 'rgb' && mode !== 'grayscale') return { colorSpace: colorSpaces.srgb, isColorSpaceAssumed: false };
  const known = knownColorSpace(document, mode);
  const space = known ?? (mode === 'rgb' ? colorSpaces.srgb : colorSpaces.grayGamma22);
  return {
    colorSpace: bitsPerChannel === 32 ? linearColorSpace(space) : space,
    isColorSpaceAssumed: known === undefined,
  };
}

function knownColorSpace(document: DocumentApi, mode: 'rgb' | 'grayscale'): ColorSpace | undefined {
  const name = profileName(document);
  const space = name === undefined ? undefined : colorSpaceByName(name);
  return space?.kind === (mode === 'rgb' ? 'rgb' : 'gray') ? space : undefined;
}

/**
 * - RGB takes everything. Its Curves and Color Lookup work on encoded values, which a 32-bit document does not have.
 * - Grayscale has no Color Lookup.
 * - CMYK and Lab pixels are never rewritten: Photoshop shows an RGB proxy of them, and the fix is a native tone curve.
 * - Indexed, Bitmap, Duotone, Multichannel and 1 bit have neither layers nor tones that could be corrected.
 */
function outputsOf(mode: DocumentMode, bitsPerChannel: DocumentInfo['bitsPerChannel']): readonly LayerOutput[] {
  if (bitsPerChannel === 1) return [];
  if (bitsPerChannel === 32) return mode === 'rgb' || mode === 'grayscale' ? ['pixels'] : [];
  if (mode === 'rgb') return ['pixels', 'curves', 'lookup'];
  if (mode === 'grayscale') return ['pixels', 'curves'];
  return mode === 'cmyk' || mode === 'lab' ? ['curves'] : [];
}

function soleActiveLayer({ activeLayers }: DocumentApi): LayerApi | undefined {
  return activeLayers.length === 1 ? activeLayers[0] : undefined;
}

/** Below this share of the canvas an active layer is a retouch, not the photograph. */
const SMALL_SHARE = 0.5;
/** What all layers are called that Evenlight makes. A layer that was renamed is known by its metadata when it is read. */
const OWN_NAME = /^Evenlight\b/;

function obstacleOf(
  document: DocumentApi,
  mode: DocumentMode,
  bitsPerChannel: DocumentInfo['bitsPerChannel'],
): Obstacle | undefined {
  if (outputsOf(mode, bitsPerChannel).length === 0) return 'mode';
  if (document.quickMaskMode === true) return 'quick-mask';
  return (document.artboards?.length ?? 0) > 0 ? 'artboards' : undefined;
}

/** The active layer can be corrected by itself if it has pixels of its own that can be seen; whether it is the default: see below. */
function sourcesOf(
  document: DocumentApi,
  mode: DocumentMode,
  layer: LayerApi | undefined,
): { readonly sources: readonly SourceKind[]; readonly compositeReason?: CompositeReason } {
  if (layer === undefined) return { sources: ['composite'], compositeReason: 'several' };
  const reason = whyNoLayer(document, mode, layer);
  if (reason !== undefined) return { sources: ['composite'], compositeReason: reason };
  if (OWN_NAME.test(layer.name)) return { sources: ['composite', 'layer'], compositeReason: 'own' };
  // Layer and visible picture are the same, so there is no choice.
  if (layer.isBackgroundLayer && document.layers.length === 1) return { sources: ['layer'] };
  const bounds = onCanvas(document, layer.boundsNoEffects);
  const area = bounds === undefined ? 0 : bounds.width * bounds.height;
  return area < SMALL_SHARE * document.width * document.height
    ? { sources: ['composite', 'layer'], compositeReason: 'small' }
    : { sources: ['layer', 'composite'] };
}

/** In CMYK and Lab the effect is measured on the merged picture, so that is what is read. */
function whyNoLayer(document: DocumentApi, mode: DocumentMode, layer: LayerApi): CompositeReason | undefined {
  const { kind, isVisible } = describeLayer(layer);
  if (kind !== 'pixel' && kind !== 'background') return kind;
  if (mode !== 'rgb' && mode !== 'grayscale') return 'mode';
  if (!isVisible) return 'hidden';
  if (isInLockedGroup(layer)) return 'locked-group';
  return onCanvas(document, layer.boundsNoEffects) === undefined ? 'empty' : undefined;
}
