import type { Adjustment } from './adjustment.ts';
import type { ColorSpace } from './color/color-space.ts';
import { colorSpaces } from './color/color-spaces.ts';
import type { Correction } from './correction.ts';
import type { CurveChannel, CurvePoint } from './curves/curves-fit.ts';
import { fitCurves } from './fit-curves.ts';
import type { ProxyImage } from './proxy.ts';

/** A correction as develop settings of Camera Raw and Lightroom. */
export interface CameraRawSettings {
  /** An `.xmp` file: Camera Raw and Lightroom import it as a preset. */
  readonly xmp: string;
  /** Mean ΔE2000 over the proxy between the full correction and what the settings do. */
  readonly meanDeltaE: number;
}

/** Camera Raw's point curves act on ProPhoto's primaries with sRGB's curve (Schewe and Fraser, "Melissa RGB"). */
const MELISSA_RGB: ColorSpace = {
  ...colorSpaces.proPhoto,
  name: 'Melissa RGB',
  transfer: colorSpaces.srgb.transfer,
};

/** Point curves are always named; channels without one are straight. */
const CURVES: readonly (readonly [tag: string, channel: CurveChannel])[] = [
  ['ToneCurvePV2012', 'composite'],
  ['ToneCurvePV2012Red', 'red'],
  ['ToneCurvePV2012Green', 'green'],
  ['ToneCurvePV2012Blue', 'blue'],
];
const STRAIGHT: readonly CurvePoint[] = [
  { input: 0, output: 0 },
  { input: 255, output: 255 },
];

/**
 * A correction as the point curves of Camera Raw and Lightroom, for a photograph developed with its defaults. Curves act
 * everywhere alike, a correction does not: `meanDeltaE` says what is lost.
 *
 * @param name of the preset
 */
export function cameraRawSettings(
  correction: Correction,
  adjustment: Adjustment,
  proxy: ProxyImage,
  name: string,
): CameraRawSettings {
  const fit = fitCurves(correction, adjustment, proxy, { mode: 'rgb', colorSpace: MELISSA_RGB, canMask: false });
  const curves = CURVES.map(([tag, wanted]) => {
    const points = fit.curves.find(({ channel }) => channel === wanted)?.points ?? STRAIGHT;
    const items = points.map(({ input, output }) => `     <rdf:li>${input}, ${output}</rdf:li>`);
    return `   <crs:${tag}>\n    <rdf:Seq>\n${items.join('\n')}\n    </rdf:Seq>\n   </crs:${tag}>`;
  });
  return { xmp: document(escapeXml(name), curves.join('\n')), meanDeltaE: fit.meanDeltaE };
}

function document(name: string, curves: string): string {
  return `<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="Evenlight">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about=""
    xmlns:crs="http://ns.adobe.com/camera-raw-settings/1.0/"
   crs:PresetType="Normal"
   crs:Cluster=""
   crs:SupportsAmount="False"
   crs:SupportsColor="True"
   crs:SupportsMonochrome="True"
   crs:SupportsHighDynamicRange="True"
   crs:SupportsNormalDynamicRange="True"
   crs:SupportsSceneReferred="True"
   crs:SupportsOutputReferred="True"
   crs:Version="15.0"
   crs:ProcessVersion="11.0"
   crs:ToneCurveName2012="Custom"
   crs:HasSettings="True">
   <crs:Name>
    <rdf:Alt>
     <rdf:li xml:lang="x-default">${name}</rdf:li>
    </rdf:Alt>
   </crs:Name>
${curves}
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
`;
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
