import * as z from 'zod/mini';
import { gridNetworkSchema } from './grid-network.ts';

/** The architectures a run file may name. */
export const networkSchema = z.discriminatedUnion('type', [gridNetworkSchema]);

export type NetworkSpec = z.infer<typeof networkSchema>;
