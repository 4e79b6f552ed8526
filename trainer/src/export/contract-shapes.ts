import path from 'node:path';
import {
  CELL_COEFFICIENTS,
  createTestPicture,
  createTestTile,
  type ModelContract,
  type ProxyImage,
  RESTORATION_CHANNELS,
  type RestorationContract,
  type Size,
} from '@evenlight/models';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { TrainerError } from '../errors.ts';

/** What a folder of a model may say that it is. */
export type ExportedContract = ModelContract | RestorationContract;

type WithoutFiles<Contract> = Contract extends ExportedContract ? Omit<Contract, 'schema' | 'files'> : never;

/** A contract before its files exist. */
export type ContractParts = WithoutFiles<ExportedContract>;

/** What a network is given: `pixels` has as many channels as its contract says. */
export type NetworkInput = ProxyImage;

/** A network that takes many sizes is tested at this one: quick, a multiple of 8, and neither square nor a power of two. */
const OPEN_TEST_SIZE: Size = { width: 72, height: 56 };

/** An input for a network that everybody can make. */
export function testInput(contract: ContractParts, seed: number): NetworkInput {
  if (contract.kind === 'restoration') return { ...OPEN_TEST_SIZE, pixels: createTestTile(seed, OPEN_TEST_SIZE) };
  const { width, height } = contract.input;
  if (contract.kind === 'grid') return createTestPicture(seed, { width, height });
  const size = { width: Math.min(OPEN_TEST_SIZE.width, width), height: Math.min(OPEN_TEST_SIZE.height, height) };
  return createTestPicture(seed, size);
}

/** @throws TrainerError `BAD_EXPORT` when network, contract, folder and real inputs do not fit together */
export function checkShapes(
  model: LayersModel,
  { folder, contract, realInputs }: { folder: string; contract: ContractParts; realInputs: readonly NetworkInput[] },
): void {
  const refuse = (reason: string): never => {
    throw new TrainerError('BAD_EXPORT', `model '${contract.name}' cannot be exported: ${reason}`);
  };
  const name = path.basename(path.resolve(folder));
  if (name !== contract.name) refuse(`its folder is called '${name}'`);
  if (model.inputs.length !== 1 || model.outputs.length !== 1) refuse('it needs one input and one output');
  const { input, output } = shapesOf(contract);
  checkShape(model.inputs[0]!.shape, input, (got, need) => refuse(`its input is ${got}, needs ${need}`));
  checkShape(model.outputs[0]!.shape, output, (got, need) => refuse(`its output is ${got}, needs ${need}`));
  for (const size of realInputs) {
    const rule = misfit(contract, size);
    if (rule !== undefined) refuse(`a real input is ${size.width}×${size.height}, the contract says ${rule}`);
  }
}

type Shape = readonly (number | null)[];

function shapesOf(contract: ContractParts): { readonly input: Shape; readonly output: Shape } {
  if (contract.kind === 'restoration') {
    return { input: [null, null, null, RESTORATION_CHANNELS], output: [null, null, null, contract.output.channels] };
  }
  if (contract.kind === 'image') return { input: [null, null, null, 3], output: [null, null, null, 3] };
  const { gridWidth, gridHeight, gridDepth } = contract.output;
  return {
    input: [null, contract.input.height, contract.input.width, 3],
    output: [null, gridHeight, gridWidth, gridDepth * CELL_COEFFICIENTS],
  };
}

/** What the contract says of sizes, if this one is none that the network takes. */
function misfit(contract: ContractParts, { width, height }: Size): string | undefined {
  if (contract.kind === 'restoration') {
    const { multipleOf } = contract.input;
    return width % multipleOf === 0 && height % multipleOf === 0 ? undefined : `multiples of ${multipleOf}`;
  }
  const { input } = contract;
  const fits =
    contract.kind === 'grid'
      ? width === input.width && height === input.height
      : width <= input.width && height <= input.height;
  return fits ? undefined : `${input.width}×${input.height}`;
}

function checkShape(shape: Shape, needed: Shape, refuse: (got: string, need: string) => never): void {
  const text = (sizes: Shape): string => `[${sizes.map((size) => size ?? 'any').join(', ')}]`;
  if (text(shape) !== text(needed)) refuse(text(shape), text(needed));
}
