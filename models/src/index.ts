export { checkAdjustment, DEFAULT_ADJUSTMENT, MAX_EV_BIAS, MAX_STRENGTH, type Adjustment } from './adjustment.ts';
export { cameraRawSettings, type CameraRawSettings } from './camera-raw-settings.ts';
export { createApplier, type Applier, type Rows } from './applier.ts';
export type { ImagePlace } from './apply/row-plan.ts';
export { applyToProxy, applyToProxySteps } from './apply-to-proxy.ts';
export { biasEncoded } from './apply/ev-bias.ts';
export { rowKernelName } from './apply/row-kernel.ts';
export { colorSpaceByName } from './color/color-space-by-name.ts';
export { parseColorSpace, serializeColorSpace, type SerializedColorSpace } from './color/color-space-json.ts';
export type { ColorSpace, Matrix3, ToneCurve, TransferFunction } from './color/color-space.ts';
export { colorSpaces, linearColorSpace } from './color/color-spaces.ts';
export { parseIccProfile } from './color/icc-profile.ts';
export { matchColorSpace } from './color/match-color-space.ts';
export { invertMatrix3, transformVector3 } from './color/matrix3.ts';
export { primariesToXyzD50 } from './color/primaries.ts';
export { isSrgbEncoded, toSrgbMatrix } from './color/srgb-conversion.ts';
export { createTransferFunction } from './color/transfer-function.ts';
export { concatenate } from './concatenate.ts';
export {
  MODEL_KINDS,
  parseContract,
  PROXY_FITS,
  proxySize,
  type ModelContract,
  type ProxyInput,
  proxyMisfit,
} from './contract.ts';
export { compareModelNames, DEFAULT_MODEL, DEFAULT_RESTORATION } from './default-model.ts';
export { deserializeCorrection, serializeCorrection } from './correction-bytes.ts';
export { correctionFromOutput, correctionSteps } from './correction-from-output.ts';
export { type Orientation, orientationOf, turnPictureUpright, turnToStored, turnUpright } from './scene/orientation.ts';
export { averageImage, predictScene, readScene, type AveragedPicture, type FramedScene } from './scene/scene.ts';
export { enlargeBox, viewScene, viewSteps, type SceneView } from './scene/scene-view.ts';
export {
  CELL_COEFFICIENTS,
  createCorrection,
  DEFAULT_GUIDE,
  identityCorrection,
  isIdentityCorrection,
  type Correction,
  type CorrectionParts,
  type Guide,
} from './correction.ts';
export type {
  ChannelCurve,
  CurveChannel,
  CurvePoint,
  CurvesFit,
  CurvesMode,
  LuminosityMask,
} from './curves/curves-fit.ts';
export { atLevel, curveLevels } from './curves/natural-spline.ts';
export { writeDeviceLink } from './device-link.ts';
export { cancelledError, onCancel, throwIfCancelled, untilCancelled, type CancelSignal } from './cancel-signal.ts';
export { CodedError } from './coded-error.ts';
export { ModelError, type ModelErrorCode } from './errors.ts';
export { fixPicture, predictPicture, type FixOutcome, type FixParts } from './fix/fix-picture.ts';
export { adjustedMeasurementSteps } from './fix/measure-effect.ts';
export { judgeRestoration, type RestorationWish } from './fix/judge-restoration.ts';
export type { FixIntent, Verdict } from './fix/judge.ts';
export type { Picture, Predicted, Prediction, ReadPicture } from './fix/picture.ts';
export type { Answer, Candidate, Predictor } from './fix/predictor.ts';
export { seriesCorrection, seriesPredictor } from './fix/series.ts';
export { fitCorrection, type FitOptions } from './fit-correction.ts';
export { fitCurves, type CurvesTarget } from './fit-curves.ts';
export {
  checkImageDescription,
  createSamples,
  MAX_CODE,
  SAMPLE_BYTES,
  SAMPLE_FORMATS,
  samplesIn,
  type ImageDescription,
  type PixelArray,
  type PixelImage,
  type SampleFormat,
  type Size,
} from './image.ts';
export { deltaE2000 } from './measure/delta-e-2000.ts';
export { describeMeasurement, mostChanged } from './measure/describe-measurement.ts';
export { rgbToLab, type Lab } from './measure/lab.ts';
export { meanDeltaE2000 } from './measure/mean-delta-e-2000.ts';
export { measureCorrection, type Measurement } from './measure/measurement.ts';
export { LUMA_WEIGHTS, lumaAt } from './luma.ts';
export { codeOf, errorFrom, messageOf } from './thrown.ts';
export { noModelText } from './no-model-text.ts';
export { psnr } from './measure/psnr.ts';
export { ssim } from './measure/ssim.ts';
export { createLookupTable, cubeText, lookUp, type LookupTable } from './lookup-table.ts';
export { buildProxy, createProxyBuilder, type ProxyImage, type ProxyBuilder } from './proxy.ts';
export {
  addResidual,
  FULL_RESTORATION,
  FULL_RESTORATION_EV,
  restorationShare,
  type RestorationAmounts,
} from './restore/add-residual.ts';
export { keepVisible } from './restore/keep-visible.ts';
export { liftGain, LIFT_RADIUS, MAX_LIFT_EV } from './restore/lift-gain.ts';
export { parseRestorationContract, type RestorationContract } from './restore/restoration-contract.ts';
export { createNoiseMeter, liftedNoise, type NoiseMeter } from './restore/lifted-noise.ts';
export { RESTORATION_CHANNELS, restorationInput } from './restore/restoration-input.ts';
export { createTestTile } from './restore/test-tile.ts';
export { planTiles, restoreRows, rowsAhead, type RestoreOptions } from './restore/restore-rows.ts';
export type { CorrectedRows } from './restore/row-window.ts';
export type { RunTiles, TileShape } from './restore/run-tiles.ts';
export { restorationBytes, tileLengths } from './restore/tile-lengths.ts';
export { sha256Hex, sha256Steps } from './sha256.ts';
export { runSteps, type Steps } from './steps.ts';
export {
  createTestPicture,
  createTestVector,
  deserializeTestVector,
  differenceFromTestVector,
  serializeTestVector,
  TEST_VECTOR_TOLERANCE,
  type TestVector,
} from './test-vector.ts';
