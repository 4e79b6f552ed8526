/** A file as contracts list them. */
export const FILE_JSON = { path: 'onnx/model.onnx', sha256: 'a'.repeat(64), sizeBytes: 12 };

/** A whole `contract.json` of kind `grid`. */
export const GRID_JSON = {
  schema: 1,
  name: 'exposure',
  kind: 'grid',
  version: '1.0.0',
  title: 'Exposure',
  licence: 'MIT',
  input: { width: 256, height: 256, channels: 3, colorSpace: 'srgb', range: [0, 1], layout: 'NHWC' },
  output: { kind: 'grid', gridWidth: 2, gridHeight: 1, gridDepth: 1 },
  guide: { weights: [0.2126, 0.7152, 0.0722], gamma: 1 },
  files: {
    tfjs: { model: { ...FILE_JSON, path: 'tfjs/model.json' }, weights: [FILE_JSON] },
    onnx: { fp32: FILE_JSON },
  },
  scores: [{ set: 'SICE under', images: 103, psnr: 20.1, identityPsnr: 11, autoGammaPsnr: 15 }],
  measured: { date: '2026-01-01', machine: '2 cores' },
};
