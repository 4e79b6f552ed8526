import { RESTORATION_CHANNELS } from '@evenlight/models';
import type * as tfl from '@tensorflow/tfjs-layers';
import * as z from 'zod/mini';
import { autoencoderSchema, buildAutoencoder } from './autoencoder.ts';
import { buildGridNetwork, gridNetworkSchema } from './grid-network.ts';
import { buildRestorationNetwork, restorationNetworkSchema } from './restoration-network.ts';

/** The architectures a run file may name: one file each, and a line here and below. */
export const networkSchema = z.discriminatedUnion('type', [
  gridNetworkSchema,
  autoencoderSchema,
  restorationNetworkSchema,
]);

export type NetworkSpec = z.infer<typeof networkSchema>;

/** Channels of a network's input: the picture's three, and for restoration its lift. */
export function inputChannels({ type }: NetworkSpec): number {
  return type === 'restoration' ? RESTORATION_CHANNELS : 3;
}

/** Builds a network for square training pictures of side `size`; the seed decides its first weights. */
export function buildNetwork(spec: NetworkSpec, size: number, seed: number): tfl.LayersModel {
  switch (spec.type) {
    case 'grid':
      return buildGridNetwork(spec, size, seed);
    case 'autoencoder':
      return buildAutoencoder(spec, seed);
    case 'restoration':
      return buildRestorationNetwork(spec, seed);
  }
}
