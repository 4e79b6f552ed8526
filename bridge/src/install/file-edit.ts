import { readFile, rm, writeFile } from 'node:fs/promises';
import { codeOf } from '@evenlight/models';
import { writeFileAtomically } from '@evenlight/runtime';

/** How one file of another program is changed, and changed back. Texts are whole files; `undefined` is no file. */
export interface FileEdit {
  /** Absolute. */
  readonly path: string;
  /**
   * The file's text with our part added; unchanged if it has that already.
   *
   * @throws BridgeError `BAD_INPUT` where something of the user's would have to go
   */
  installed(text: string | undefined): string | undefined;
  /** The file without it. */
  removed(text: string | undefined): string | undefined;
}

/** What was done to a file, or would be done without `--dry-run`. */
export interface FileOutcome {
  readonly path: string;
  readonly what: 'written' | 'removed' | 'unchanged';
}

export type InstallDirection = 'installed' | 'removed';

/** Changes the files, each as a whole. Nothing is written before all of them are known. */
export async function applyEdits(
  edits: readonly FileEdit[],
  direction: InstallDirection,
  { isDryRun }: { readonly isDryRun: boolean },
): Promise<readonly FileOutcome[]> {
  const changes = await Promise.all(
    edits.map(async (edit) => {
      const before = await readFile(edit.path, 'utf8').catch(noFile);
      return { path: edit.path, before, after: edit[direction](before) };
    }),
  );
  const outcomes: FileOutcome[] = [];
  for (const { path, before, after } of changes) {
    const what = before === after ? 'unchanged' : after === undefined ? 'removed' : 'written';
    if (!isDryRun && what === 'removed') await rm(path);
    if (!isDryRun && after !== undefined && what === 'written') {
      await writeFileAtomically(path, (temporary) => writeFile(temporary, after), { overwrite: true });
    }
    outcomes.push({ path, what });
  }
  return outcomes;
}

function noFile(error: unknown): undefined {
  if (codeOf(error) === 'ENOENT') return undefined;
  throw error;
}
