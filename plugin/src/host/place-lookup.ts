import { cubeText, lookUp, writeDeviceLink, type LookupTable } from '@evenlight/models';
import { encodeBase64 } from '../encoding/base64.ts';
import { encodeUtf8 } from '../encoding/utf8.ts';
import type { Placed } from '../host.ts';
import { makeAdjustmentLayer, setAdjustment } from './adjustment-layer.ts';
import type { Descriptor } from './photoshop-api.ts';
import { requireOutput } from './document-area.ts';
import { placeLayer, type PlaceHost, type PlaceLayerRequest } from './place-layer.ts';

/** Makes a Color Lookup adjustment layer: {@link Host.placeLookup}. */
export function placeLookup(
  host: PlaceHost,
  request: PlaceLayerRequest,
  { table }: { table: LookupTable },
): Promise<Placed> {
  const { source, placement } = request;
  return placeLayer(host, request, {
    kind: 'adjustment',
    // Photoshop accepts a table that it does not understand and then shows the picture as it was.
    expectation: {
      reading: 'own',
      share: 0.5,
      expected: (before) => ({ ...before, pixels: lookUp(table, before.pixels) }),
    },
    async make({ document, created }) {
      requireOutput(source, 'lookup');
      const type = { _obj: 'colorLookup' };
      const layerId = await makeAdjustmentLayer(host.action, document, { name: placement.layerName, type });
      created(layerId);
      await setAdjustment(host.action, lookupDescriptor(table, placement.layerName));
      return { layerId };
    },
  });
}

/** Both are needed: without the DeviceLink the layer changes nothing, without the text its table cannot be exported again. */
function lookupDescriptor(table: LookupTable, name: string): Descriptor {
  const fileName = `${name.replace(/[^\w %.+-]/g, '_')}.cube`;
  return {
    _obj: 'colorLookup',
    lookupType: { _enum: 'colorLookupType', _value: '3DLUT' },
    name: fileName,
    dither: true,
    LUTFormat: { _enum: 'LUTFormatType', _value: 'LUTFormatCUBE' },
    LUT3DFileData: rawData(encodeUtf8(cubeText(table, name))),
    LUT3DFileName: fileName,
    profile: rawData(writeDeviceLink(table, name)),
  };
}

/** The only form of bytes that a descriptor takes; a plain ArrayBuffer is dropped silently. */
function rawData(bytes: Uint8Array): object {
  return { _rawData: 'base64', _data: encodeBase64(bytes) };
}
