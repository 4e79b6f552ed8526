import * as z from 'zod/mini';

/** What a library folder holds. */
const libraryRecord = z.readonly(
  z.object({
    tensorflowVersion: z.string(),
    variant: z.enum(['cpu', 'gpu']),
    /** The wheels that it was unpacked from. */
    wheels: z.readonly(z.array(z.readonly(z.object({ fileName: z.string(), sha256: z.string() })))),
    files: z.readonly(z.array(z.readonly(z.object({ path: z.string(), sizeBytes: z.number() })))),
  }),
);

export type LibraryRecord = z.infer<typeof libraryRecord>;

/** The record's file; written last, so that a folder without it is not finished. */
export const LIBRARY_RECORD_FILE = 'library.json';

/** The record in the text of {@link LIBRARY_RECORD_FILE}; undefined if it is cut off or of another kind. */
export function parseLibraryRecord(text: string): LibraryRecord | undefined {
  try {
    return z.parse(libraryRecord, JSON.parse(text));
  } catch {
    // The caller then makes the folder again.
    return undefined;
  }
}
