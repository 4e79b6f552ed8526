import { bitsOf, FULL, type BitDepth, type Samples } from './surface.ts';

export interface ImageDataInit {
  readonly width: number;
  readonly height: number;
  readonly components: number;
  readonly colorSpace: 'RGB' | 'Grayscale' | 'Lab';
  readonly colorProfile: string;
  /** Interleaved, in Photoshop's own range. */
  readonly samples: Samples;
}

/** Counts what Photoshop holds for the plugin, to find what is never freed and how much is held at once. */
export class ImageDataLedger {
  readonly live = new Set<FakeImageData>();
  peakBytes = 0;

  add(imageData: FakeImageData): void {
    this.live.add(imageData);
    const bytes = [...this.live].reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    this.peakBytes = Math.max(this.peakBytes, bytes);
  }
}

/** `PhotoshopImageData`: after `dispose` every use of it throws. */
export class FakeImageData {
  readonly type = 'image/uncompressed';
  readonly isChunky = true;
  readonly width: number;
  readonly height: number;
  readonly components: number;
  readonly componentSize: BitDepth;
  readonly colorSpace: ImageDataInit['colorSpace'];
  readonly colorProfile: string;
  readonly hasAlpha: boolean;
  readonly pixelFormat: string;
  readonly sizeBytes: number;
  readonly #ledger: ImageDataLedger;
  #held: Samples | undefined;

  constructor(init: ImageDataInit, ledger: ImageDataLedger) {
    this.width = init.width;
    this.height = init.height;
    this.components = init.components;
    this.componentSize = bitsOf(init.samples);
    this.colorSpace = init.colorSpace;
    this.colorProfile = init.colorProfile;
    this.hasAlpha = init.components % 2 === 0;
    const name = init.colorSpace === 'Lab' ? 'LAB' : init.colorSpace;
    this.pixelFormat = this.hasAlpha ? (name === 'RGB' ? 'RGBA' : `${name}Alpha`) : name;
    this.sizeBytes = init.samples.byteLength;
    this.#held = init.samples;
    this.#ledger = ledger;
    ledger.add(this);
  }

  /** For the fake itself. @throws Error after `dispose` */
  get samples(): Samples {
    if (this.#held === undefined) throw new Error('the image data has been disposed of');
    return this.#held;
  }

  async getData({
    chunky = true,
    fullRange = false,
  }: { chunky?: boolean; fullRange?: boolean } = {}): Promise<Samples> {
    await Promise.resolve();
    const interleaved = this.samples.slice();
    const samples = chunky ? interleaved : planar(interleaved, this.components);
    return fullRange && samples instanceof Uint16Array
      ? samples.map((value) => Math.round((value / 32768) * 65535))
      : samples;
  }

  dispose(): void {
    if (this.#held === undefined) throw new Error('the image data has been disposed of before');
    this.#held = undefined;
    this.#ledger.live.delete(this);
  }
}

/** `[component][pixel]` from `[pixel][component]`. */
function planar(samples: Samples, components: number): Samples {
  const count = samples.length / components;
  return samples.map((_, i) => samples[(i % count) * components + Math.floor(i / count)]!);
}

const COMPONENTS = { RGB: [3, 4], Grayscale: [1, 2], Lab: [3, 4] } as const;

/**
 * What `createImageDataFromBuffer` takes.
 *
 * @throws Error for a size, a profile or a value that Photoshop would not take
 */
export function checkedImageData(
  buffer: unknown,
  options: Readonly<Record<string, unknown>>,
  profiles: readonly string[],
): ImageDataInit {
  const known = ['width', 'height', 'components', 'colorSpace', 'colorProfile', 'chunky', 'fullRange'];
  for (const key of Object.keys(options)) check(known.includes(key), `createImageDataFromBuffer has no option ${key}`);
  check(isSamples(buffer), 'buffer is no Uint8Array, Uint16Array or Float32Array');
  const { width, height, components, colorSpace, colorProfile = '', chunky = true, fullRange = false } = options;
  check(
    isCount(width) && isCount(height) && isCount(components),
    `${String(width)} × ${String(height)} × ${String(components)}`,
  );
  check(
    colorSpace === 'RGB' || colorSpace === 'Grayscale' || colorSpace === 'Lab',
    `colorSpace is ${String(colorSpace)}`,
  );
  check(
    (COMPONENTS[colorSpace] as readonly number[]).includes(components),
    `${components} components of ${colorSpace}`,
  );
  check(
    buffer.length === width * height * components,
    `buffer has ${buffer.length} elements, needs ${width * height * components}`,
  );
  check(typeof colorProfile === 'string', 'colorProfile is no string');
  check(colorProfile === '' || profiles.includes(colorProfile), `there is no profile "${colorProfile}"`);
  return {
    width,
    height,
    components,
    colorSpace,
    colorProfile,
    samples: stored(buffer, components, { chunky, fullRange }),
  };
}

function stored(
  buffer: Samples,
  components: number,
  { chunky, fullRange }: { chunky: unknown; fullRange: unknown },
): Samples {
  if (chunky !== false && !(buffer instanceof Uint16Array)) return buffer.slice();
  const pixels = buffer.length / components;
  const interleaved = buffer.map((_, i) =>
    chunky === false ? buffer[(i % components) * pixels + Math.floor(i / components)]! : buffer[i]!,
  );
  if (!(interleaved instanceof Uint16Array)) return interleaved;
  if (fullRange === true) return interleaved.map((value) => Math.round((value / 65535) * FULL[16]));
  const highest = interleaved.reduce((max, value) => Math.max(max, value), 0);
  check(highest <= FULL[16], `16-bit value ${highest} is above 32768, needs fullRange`);
  return interleaved;
}

function isSamples(buffer: unknown): buffer is Samples {
  return buffer instanceof Uint8Array || buffer instanceof Uint16Array || buffer instanceof Float32Array;
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value > 0;
}

function check(isRight: boolean, complaint: string): asserts isRight {
  if (!isRight) throw new Error(complaint);
}
