import sharp from 'sharp';

/** A picture for a sheet: encoded RGB, 8 bit. */
export interface SheetPicture {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
}

export interface SheetOptions {
  /** Pictures side by side. */
  readonly columns: number;
  /** Box that every picture is fitted into, in pixels. */
  readonly cell: { readonly width: number; readonly height: number };
}

const GAP = 6;
const BACKGROUND = '#2b2b2b';

/** Writes pictures side by side on neutral gray, row by row, as a JPEG. */
export async function writeContactSheet(
  file: string,
  pictures: readonly SheetPicture[],
  options: SheetOptions,
): Promise<void> {
  const { columns, cell } = options;
  const layers = await Promise.all(
    pictures.map(async ({ width, height, pixels }, i) => ({
      input: await sharp(pixels, { raw: { width, height, channels: 3 } })
        .resize({ ...cell, fit: 'contain', background: BACKGROUND })
        .png()
        .toBuffer(),
      left: GAP + (i % columns) * (cell.width + GAP),
      top: GAP + Math.floor(i / columns) * (cell.height + GAP),
    })),
  );
  const rows = Math.ceil(pictures.length / columns);
  const width = GAP + columns * (cell.width + GAP);
  const height = GAP + rows * (cell.height + GAP);
  await sharp({ create: { width, height, channels: 3, background: BACKGROUND } })
    .composite(layers)
    .jpeg({ quality: 88 })
    .toFile(file);
}
