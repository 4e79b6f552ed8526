import { atLevel, curveLevels, type ChannelCurve, type CurvesFit, type ProxyImage } from '@evenlight/models';
import type { DocumentMode, Placed } from '../host.ts';
import { makeAdjustmentLayer, setAdjustment } from './adjustment-layer.ts';
import { changedLike } from './effect-check.ts';
import type { Descriptor } from './photoshop-api.ts';
import { requireOutput } from './document-area.ts';
import { placeLayer, type PlaceHost, type PlaceLayerRequest } from './place-layer.ts';

/** A Curves descriptor to try, and what the picture should then look like. */
interface CurvesCandidate {
  readonly type: Descriptor;
}

/** How much closer to the target the merged picture must come in CMYK and Lab, where one curve cannot do everything. */
const REQUIRED_GAIN = 0.25;

/**
 * Makes a Curves adjustment layer: {@link Host.placeCurves}.
 *
 * Two things are not documented: what Photoshop calls the channel of a Grayscale document and of Lab's lightness, and whether
 * CMYK curves count ink or light. So the possible answers are tried in turn, and the merged picture decides.
 */
export function placeCurves(
  host: PlaceHost,
  request: PlaceLayerRequest,
  { fit, target }: { fit: CurvesFit; target: ProxyImage },
): Promise<Placed> {
  const { source, placement } = request;
  const info = source.document;
  const candidates = candidatesFor(info.mode, fit);
  const isTone = info.mode !== 'rgb' && info.mode !== 'grayscale';
  let tried = 0;
  return placeLayer(host, request, {
    kind: 'adjustment',
    expectation: isTone
      ? {
          reading: 'srgb',
          share: REQUIRED_GAIN,
          expected: (before) => changedLike(before, { from: source.proxy, to: target }),
        }
      : { reading: 'own', share: 0.5, expected: (before) => expectedOf(before, fit.curves) },
    async make({ document, scope, created }) {
      requireOutput(source, 'curves');
      const mask = fit.mask && { luminosity: { bounds: source.bounds, mask: fit.mask } };
      for (;;) {
        try {
          const { type } = candidates[tried]!;
          const layerId = await makeAdjustmentLayer(host.action, document, { name: placement.layerName, type });
          created(layerId);
          return { layerId, ...(mask && { mask }) };
        } catch (error) {
          scope.checkpoint();
          tried++;
          if (tried === candidates.length) throw error;
        }
      }
    },
    async tryNext() {
      tried++;
      if (tried >= candidates.length) return false;
      await setAdjustment(host.action, candidates[tried]!.type);
      return true;
    },
  });
}

function candidatesFor(mode: DocumentMode, fit: CurvesFit): readonly CurvesCandidate[] {
  const { curves } = fit;
  const renamed = (channel: string): CurvesCandidate => ({ type: curvesDescriptor(curves, channel) });
  switch (mode) {
    case 'grayscale':
      return [renamed('composite'), renamed('gray'), renamed('black')];
    case 'lab':
      return [renamed('lightness'), renamed('composite')];
    case 'cmyk':
      return [renamed('composite'), { type: curvesDescriptor(curves.map(turned), 'composite') }];
    default:
      return [{ type: curvesDescriptor(curves) }];
  }
}

/** The same curve for values that count the other way: ink instead of light. */
function turned({ channel, points }: ChannelCurve): ChannelCurve {
  const reversed = points.map(({ input, output }) => ({ input: 255 - input, output: 255 - output })).reverse();
  return { channel, points: reversed };
}

function curvesDescriptor(curves: readonly ChannelCurve[], channelName?: string): Descriptor {
  return {
    _obj: 'curves',
    presetKind: { _enum: 'presetKindType', _value: 'presetKindCustom' },
    adjustment: curves.map(({ channel, points }) => ({
      _obj: 'curvesAdjustment',
      channel: { _ref: 'channel', _enum: 'channel', _value: channelName ?? channel },
      curve: points.map(({ input, output }) => ({ _obj: 'paint', horizontal: input, vertical: output })),
    })),
  };
}

/** What the curves make of the merged picture's own values. */
function expectedOf(before: ProxyImage, curves: readonly ChannelCurve[]): ProxyImage {
  const CHANNELS = ['red', 'green', 'blue'] as const;
  const levels = CHANNELS.map((name) => {
    const curve =
      curves.find(({ channel }) => channel === name) ?? curves.find(({ channel }) => channel === 'composite');
    return curve && curveLevels(curve.points);
  });
  const pixels = before.pixels.map((value, i) => {
    const curve = levels[i % 3];
    return curve === undefined ? value : atLevel(curve, value * 255) / 255;
  });
  return { ...before, pixels };
}
