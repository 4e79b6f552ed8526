/** Unsigned little-endian fields and their sizes in bytes. */
const FIELD_BYTES = { u8: 1, u16: 2, u32: 4 } as const;

type FieldType = keyof typeof FIELD_BYTES;

/** Fields in the order of their bytes, without gaps. */
export type ByteLayout = readonly (readonly [name: string, type: FieldType])[];

/** The values of a layout, by field name. */
export type FieldsOf<L extends ByteLayout> = { -readonly [Field in L[number] as Field[0]]: number };

/** Bytes that a layout covers. */
export function layoutBytes(layout: ByteLayout): number {
  let total = 0;
  for (const [, type] of layout) total += FIELD_BYTES[type];
  return total;
}

/** Writes the fields at the start of the view. Values must be in range: they are wrapped otherwise. */
export function writeFields<L extends ByteLayout>(view: DataView, layout: L, values: Readonly<FieldsOf<L>>): void {
  const byName: Readonly<Record<string, number>> = values;
  let offset = 0;
  for (const [name, type] of layout) {
    const value = byName[name] ?? 0;
    if (type === 'u8') view.setUint8(offset, value);
    else if (type === 'u16') view.setUint16(offset, value, true);
    else view.setUint32(offset, value, true);
    offset += FIELD_BYTES[type];
  }
}

/** Reads the fields at the start of the view, which must be long enough. */
export function readFields<L extends ByteLayout>(view: DataView, layout: L): FieldsOf<L> {
  const byName: Record<string, number> = {};
  let offset = 0;
  for (const [name, type] of layout) {
    if (type === 'u8') byName[name] = view.getUint8(offset);
    else if (type === 'u16') byName[name] = view.getUint16(offset, true);
    else byName[name] = view.getUint32(offset, true);
    offset += FIELD_BYTES[type];
  }
  // eslint-disable-next-line @typescript-eslint/no-unsafe-type-assertion -- the loop has set every name of the layout
  return byName as FieldsOf<L>;
}
