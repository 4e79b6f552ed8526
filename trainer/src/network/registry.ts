import type * as tfl from '@tensorflow/tfjs-layers';
import * as z from 'zod/mini';
import { autoencoderSchema, buildAutoencoder } from './autoencoder.ts';
import { buildGridNetwork, gridNetworkSchema } from './grid-network.ts';

/** The architectures a run file may name: one file each, and a line here and below. */
export const networkSchema = z.discriminatedUnion('type', [gridNetworkSchema, autoencoderSchema]);

export type NetworkSpec = z.infer<typeof networkSchema>;

/** Builds a network for square training pictures of side `size`; the seed decides its first weights. */
export function buildNetwork(spec: NetworkSpec, size: number, seed: number): tfl.LayersModel {
  switch (spec.type) {
    case 'grid':
      return buildGridNetwork(spec, size, seed);
    case 'autoencoder':
      return buildAutoencoder(spec, seed);
  }
}
