import { darktableEdits } from './darktable.ts';
import { desktopEdits } from './desktop-entry.ts';
import type { FileEdit } from './file-edit.ts';
import type { InstallPlace } from './install-place.ts';
import { rawTherapeeEdits } from './rawtherapee.ts';

export interface PhotoProgram {
  readonly name: string;
  /** What it then offers, in words. */
  readonly offers: string;
  edits(place: InstallPlace): readonly FileEdit[];
}

/** The programs that `evenlight install` knows. */
export const PHOTO_PROGRAMS: readonly PhotoProgram[] = [
  { name: 'darktable', offers: 'export to "fix exposure (Evenlight)"', edits: darktableEdits },
  { name: 'rawtherapee', offers: '"Send to external editor" (Ctrl-E)', edits: rawTherapeeEdits },
  { name: 'desktop', offers: '"Open with" in file managers, digiKam, gThumb, Geeqie', edits: desktopEdits },
];
