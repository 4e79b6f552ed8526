import {
  type ImageDescription,
  planTiles,
  type RestorationAmounts,
  type RestorationContract,
  restorationBytes,
  rowsAhead,
  tileLengths,
  type TileShape,
} from '@evenlight/models';
import type { InferenceOptions } from '@evenlight/runtime';
import type { StripApplier } from './apply-pool.ts';
import { RestoringApplier } from './restoring-applier.ts';

/** How one picture is to be restored. */
export interface RestorationOrder extends Pick<InferenceOptions, 'userId' | 'clientId' | 'priority'> {
  readonly amounts: RestorationAmounts;
  /** Told after each tile. */
  readonly onTiles?: ((done: number, total: number) => void) | undefined;
}

/** Runs tiles with a model in the inference processes. */
export type RunModelTiles = (
  request: { readonly model: string; readonly input: Float32Array; readonly shape: TileShape },
  options: InferenceOptions,
) => Promise<Float32Array>;

/** Side of the tile by which the speed is measured. */
const PROBE_SIDE = 256;

/** Restores pictures with one model. */
export class Restorer {
  readonly contract: RestorationContract;
  readonly #runTiles: RunModelTiles;
  #measured: number | undefined;
  #secondsPerMegapixel: Promise<number> | undefined;

  constructor(contract: RestorationContract, runTiles: RunModelTiles) {
    this.contract = contract;
    this.#runTiles = runTiles;
  }

  /** Lets `applier` correct an image and restores what comes from it. The applier is closed with the one that is returned. */
  open(applier: StripApplier, image: ImageDescription, { amounts, onTiles, ...turn }: RestorationOrder): StripApplier {
    return new RestoringApplier(applier, image, {
      grid: this.#grid(image),
      amounts,
      batch: 1,
      onTiles,
      run: (input, shape, signal) => this.#runTiles({ model: this.contract.name, input, shape }, { ...turn, signal }),
    });
  }

  /** Runs tiles for whoever restores elsewhere. */
  runTiles(input: Float32Array, shape: TileShape, options: InferenceOptions): Promise<Float32Array> {
    return this.#runTiles({ model: this.contract.name, input, shape }, options);
  }

  /** How many rows of an image have to be handed over before the first ones come back. */
  rowsAhead(image: ImageDescription): number {
    return rowsAhead(this.#grid(image));
  }

  /** About how much memory the restoration of an image takes beside its strips under way. */
  memoryBytes(image: ImageDescription): number {
    return restorationBytes(image, this.#grid(image));
  }

  /** How long a megapixel takes on this computer, margins of tiles included: measured once, on one tile. */
  secondsPerMegapixel(): Promise<number> {
    this.#secondsPerMegapixel ??= this.#measure();
    return this.#secondsPerMegapixel;
  }

  /** The same, if it has been measured already. */
  get measuredSecondsPerMegapixel(): number | undefined {
    return this.#measured;
  }

  async #measure(): Promise<number> {
    const { name, input } = this.contract;
    const { most, margin, multipleOf } = tileLengths(this.contract);
    const side = Math.floor(PROBE_SIDE / multipleOf) * multipleOf;
    const shape = [1, side, side, input.channels] as const;
    const values = new Float32Array(side * side * input.channels).fill(0.5);
    const request = { model: name, input: values, shape };
    await this.#runTiles(request, {});
    const startedMs = performance.now();
    await this.#runTiles(request, {});
    const seconds = (performance.now() - startedMs) / 1000;
    this.#measured = (seconds / (side * side)) * 1e6 * (most / (most - 2 * margin)) ** 2;
    return this.#measured;
  }

  #grid(image: ImageDescription): ReturnType<typeof planTiles> {
    return planTiles(image, tileLengths(this.contract));
  }
}
