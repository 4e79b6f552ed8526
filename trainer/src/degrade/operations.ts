import * as z from 'zod/mini';
import { camera, cameraSchema } from './camera-operation.ts';
import type { Operation } from './training-picture.ts';
import { sensorNoise, sensorNoiseSchema } from './sensor-noise.ts';
import * as sensor from './sensor-operations.ts';
import * as tones from './tone-operations.ts';

/** One operation as it stands in a run file: `{ "op": name, …parameters }`. Unknown names and keys are errors. */
export const operationSchema = z.discriminatedUnion('op', [
  cameraSchema,
  tones.contrastBrightnessSchema,
  tones.contrastSchema,
  tones.saturationSchema,
  tones.toneSchema,
  tones.hazeSchema,
  tones.levelsSchema,
  tones.exposureToMeanSchema,
  sensor.noiseSchema,
  sensorNoiseSchema,
  sensor.quantiseSchema,
  sensor.jpegSchema,
  sensor.whiteBalanceSchema,
]);

export type OperationSpec = z.infer<typeof operationSchema>;

/** Makes the operation that a run file describes. */
export function createOperation(spec: OperationSpec): Operation {
  switch (spec.op) {
    case 'camera':
      return camera(spec);
    case 'contrast-brightness':
      return tones.contrastBrightness(spec);
    case 'contrast':
      return tones.contrast(spec);
    case 'saturation':
      return tones.saturation(spec);
    case 'tone':
      return tones.tone(spec);
    case 'haze':
      return tones.haze(spec);
    case 'levels':
      return tones.levels(spec);
    case 'exposure-to-mean':
      return tones.exposureToMean(spec);
    case 'noise':
      return sensor.noise(spec);
    case 'sensor-noise':
      return sensorNoise(spec);
    case 'quantise':
      return sensor.quantise(spec);
    case 'jpeg':
      return sensor.jpeg(spec);
    case 'white-balance':
      return sensor.whiteBalance(spec);
  }
}
