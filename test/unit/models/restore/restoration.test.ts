import {
  addResidual,
  createTestPicture,
  liftGain,
  LIFT_RADIUS,
  MAX_LIFT_EV,
  type ModelError,
  parseRestorationContract,
  restorationInput,
  restorationShare,
} from '@evenlight/models';
import { describe, expect, it } from 'vitest';

const size = { width: 40, height: 24 };
const flat = (value: number) => ({ ...size, pixels: new Float32Array(size.width * size.height * 3).fill(value) });
const encode = (light: number): number => (light <= 0.0031308 ? 12.92 * light : 1.055 * light ** (1 / 2.4) - 0.055);
const largest = (values: Float32Array): number => values.reduce((most, value) => Math.max(most, value), -Infinity);

describe('liftGain', () => {
  for (const ev of [0.5, 1, 3, 5]) {
    it(`of a lift by ${ev} EV is that`, () => {
      const gain = liftGain(flat(encode(0.02)), flat(encode(0.02 * 2 ** ev)));
      const expected = Math.log2((0.02 * 2 ** ev + 0.0005) / 0.0205) / MAX_LIFT_EV;
      for (const value of gain) expect(value).toBeCloseTo(Math.min(1, expected), 3);
    });
  }

  it('is 0 where nothing changed, and where the picture became darker', () => {
    const picture = createTestPicture(1, size);
    expect(largest(liftGain(picture, picture))).toBe(0);
    expect(largest(liftGain(flat(0.6), flat(0.3)))).toBe(0);
  });

  it('never leaves 0..1, also for pixels beyond the range', () => {
    const gain = liftGain(flat(-0.2), flat(1.5));
    expect(gain.every((value) => value === 1)).toBe(true);
  });

  it('hardly sees noise of single pixels', () => {
    const before = flat(0.2);
    const after = flat(0.4);
    const middle = liftGain(before, after)[12 * size.width + 20]!;
    before.pixels.fill(0.3, (12 * size.width + 20) * 3, (12 * size.width + 20) * 3 + 3);
    after.pixels.fill(0.6, (12 * size.width + 20) * 3, (12 * size.width + 20) * 3 + 3);
    expect(liftGain(before, after)[12 * size.width + 20]!).toBeCloseTo(middle, 2);
  });

  it('is the same in a tile as in the whole picture, a radius away from the cut', () => {
    const whole = createTestPicture(2, size);
    const lifted = { ...size, pixels: whole.pixels.map((value) => Math.min(1, 1.7 * value)) };
    const [left, width] = [8, 24];
    const tile = ({ pixels }: { pixels: Float32Array }) => {
      const rows = Array.from({ length: size.height }, (_, y) => {
        return [...pixels.subarray((y * size.width + left) * 3, (y * size.width + left + width) * 3)];
      });
      return { width, height: size.height, pixels: Float32Array.from(rows.flat()) };
    };
    const inWhole = liftGain(whole, lifted);
    const inTile = liftGain(tile(whole), tile(lifted));
    for (let y = 0; y < size.height; y++) {
      for (let x = LIFT_RADIUS; x < width - LIFT_RADIUS; x++) {
        expect(inTile[y * width + x]).toBeCloseTo(inWhole[y * size.width + left + x]!, 6);
      }
    }
  });
});

describe('restorationInput', () => {
  it('is the corrected picture, clamped, and the lift', () => {
    const corrected = flat(0.5);
    corrected.pixels.set([-0.1, 0.25, 1.5]);
    const input = restorationInput(flat(0.25), corrected);
    expect(input.subarray(0, 3)).toEqual(Float32Array.of(0, 0.25, 1));
    expect(input[7]).toBe(liftGain(flat(0.25), corrected)[1]);
    expect(input).toHaveLength(size.width * size.height * 4);
  });

  it('needs two pictures of one size', () => {
    const other = { width: 24, height: 40, pixels: flat(0).pixels };
    expect(() => restorationInput(other, flat(0.5))).toThrow(/24×40.*40×24/);
    expect(() => restorationInput(other, flat(0.5))).toThrow(
      expect.objectContaining({ code: 'BAD_IMAGE' }) as ModelError,
    );
  });
});

describe('a residual', () => {
  const residual = new Float32Array(size.width * size.height * 3).map((_, i) => 0.3 * Math.sin(i));

  it('changes not one bit where nothing was lifted', () => {
    const { pixels } = createTestPicture(3, size);
    const before = pixels.slice();
    addResidual(pixels, restorationInput({ ...size, pixels }, { ...size, pixels }), residual);
    expect(pixels).toEqual(before);
  });

  it('is added whole where the lift is 0.7 EV or more', () => {
    const { pixels } = flat(0.4);
    addResidual(pixels, restorationInput(flat(0.1), flat(0.4)), residual);
    for (const [i, value] of pixels.entries()) expect(value).toBeCloseTo(0.4 + residual[i]!, 5);
  });

  it('is split into brightness and colour', () => {
    const input = restorationInput(flat(0.1), flat(0.4));
    const brightness = flat(0.4).pixels;
    const colour = flat(0.4).pixels;
    addResidual(brightness, input, residual, { luminance: 1, color: 0 });
    addResidual(colour, input, residual, { luminance: 0, color: 1 });
    for (let i = 0; i < residual.length; i += 3) {
      expect(brightness[i]).toBeCloseTo(brightness[i + 1]!, 5);
      const luma = 0.2126 * colour[i]! + 0.7152 * colour[i + 1]! + 0.0722 * colour[i + 2]!;
      expect(luma).toBeCloseTo(0.4, 5);
      expect(brightness[i]! + colour[i]! - 0.4).toBeCloseTo(0.4 + residual[i]!, 5);
    }
  });

  it('grows with the lift, from 0 to 1', () => {
    const shares = [0, 0.1, 0.35, 0.6, 0.7, 6].map((ev) => restorationShare(ev / MAX_LIFT_EV));
    expect(shares[0]).toBe(0);
    expect(shares[2]).toBeCloseTo(0.5);
    expect(shares[4]).toBeCloseTo(1);
    expect(shares[5]).toBe(1);
    expect([...shares].sort((a, b) => a - b)).toEqual(shares);
  });

  it('of another size is refused', () => {
    const input = restorationInput(flat(0.1), flat(0.4));
    expect(() => {
      addResidual(flat(0.4).pixels, input, residual.subarray(3));
    }).toThrow(expect.objectContaining({ code: 'BAD_OUTPUT' }) as ModelError);
  });
});

describe('the contract of a restoration model', () => {
  const file = { path: 'onnx/model.onnx', sha256: 'a'.repeat(64), sizeBytes: 12 };
  const contract = {
    schema: 1,
    kind: 'restoration',
    name: 'restoration',
    version: '1.0.0',
    title: 'Restoration',
    licence: 'MIT',
    input: { channels: 4, colorSpace: 'srgb', range: [0, 1], layout: 'NHWC', multipleOf: 8, reach: 48 },
    output: { kind: 'residual', channels: 3 },
    files: { tfjs: { model: file, weights: [file] }, onnx: { fp32: file } },
    scores: [{ set: '3 EV', images: 60, psnr: 30, ssim: 0.9, liftedPsnr: 25, liftedSsim: 0.7 }],
  };

  it('is read', () => {
    expect(parseRestorationContract(contract)).toEqual(contract);
  });

  const refused: [string, object, RegExp][] = [
    ['another kind', { kind: 'image' }, /kind/],
    ['three channels', { input: { ...contract.input, channels: 3 } }, /input\.channels/],
    ['no reach', { input: { ...contract.input, reach: undefined } }, /input\.reach/],
    ['a path that leads out', { files: { ...contract.files, onnx: { fp32: { ...file, path: '../x' } } } }, /path/],
  ];
  for (const [what, change, message] of refused) {
    it(`is refused with ${what}`, () => {
      expect(() => parseRestorationContract({ ...contract, ...change })).toThrow(message);
    });
  }
});
