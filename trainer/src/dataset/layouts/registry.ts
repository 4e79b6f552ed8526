import { collection } from './collection.ts';
import { fivekExport } from './fivek-export.ts';
import { fivek } from './fivek.ts';
import { inputTarget } from './input-target.ts';
import type { Layout } from './layout.ts';
import { lol } from './lol.ts';
import { msec } from './msec.ts';
import { panoramas } from './panoramas.ts';
import { photographs } from './photographs.ts';
import { sice } from './sice.ts';

/** Every layout, in the order in which they are tried: the most specific ones come first. */
export const LAYOUTS: readonly Layout[] = [
  collection,
  fivek,
  fivekExport,
  msec,
  sice,
  lol,
  inputTarget,
  panoramas,
  photographs,
];
