/* ICC profiles from parts, so that every tag and every type of curve can be put in front of the reader. */

export type Tag = readonly [signature: string, content: Uint8Array];

interface Header {
  readonly space?: string;
  readonly connection?: string;
  /** 2 or 4. */
  readonly version?: number;
}

/** A profile with a header (ICC.1:2022 §7.2), a tag table and these tags. */
export function makeIccProfile(
  tags: readonly Tag[],
  { space = 'RGB ', connection = 'XYZ ', version = 2 }: Header = {},
): Uint8Array {
  const start = 132 + 12 * tags.length;
  const size = tags.reduce((sum, [, content]) => sum + Math.ceil(content.length / 4) * 4, start);
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, size);
  bytes[8] = version;
  bytes.set(ascii(`mntr${space}${connection}`), 12);
  bytes.set(ascii('acsp'), 36);
  view.setUint32(128, tags.length);
  let at = start;
  tags.forEach(([signature, content], index) => {
    bytes.set(ascii(signature), 132 + index * 12);
    view.setUint32(136 + index * 12, at);
    view.setUint32(140 + index * 12, content.length);
    bytes.set(content, at);
    at += Math.ceil(content.length / 4) * 4;
  });
  return bytes;
}

/** The nine tags of a matrix profile: columns of the matrix row-major, and one curve or three. */
export function matrixTags(matrix: readonly number[], curves: readonly Uint8Array[], name = 'Made'): Tag[] {
  const column = (index: number): Uint8Array => xyz(matrix[index]!, matrix[index + 3]!, matrix[index + 6]!);
  return [
    ['desc', description(name)],
    ['rXYZ', column(0)],
    ['gXYZ', column(1)],
    ['bXYZ', column(2)],
    ['rTRC', curves[0]!],
    ['gTRC', curves[1] ?? curves[0]!],
    ['bTRC', curves[2] ?? curves[0]!],
  ];
}

export function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

export function xyz(...values: readonly number[]): Uint8Array {
  return element('XYZ ', 20, (view) =>
    values.forEach((value, index) => view.setInt32(8 + index * 4, Math.round(value * 65536))),
  );
}

/** `curv`: none is linear, one number is a u8Fixed8 gamma, more are a table of 16-bit codes. */
export function curv(...codes: readonly number[]): Uint8Array {
  return element('curv', 12 + codes.length * 2, (view) => {
    view.setUint32(8, codes.length);
    codes.forEach((code, index) => view.setUint16(12 + index * 2, code));
  });
}

/** `para` of a function type with its s15Fixed16 parameters. */
export function para(type: number, ...parameters: readonly number[]): Uint8Array {
  return element('para', 12 + parameters.length * 4, (view) => {
    view.setUint16(8, type);
    parameters.forEach((parameter, index) => view.setInt32(12 + index * 4, Math.round(parameter * 65536)));
  });
}

function description(name: string): Uint8Array {
  return element('desc', 12 + name.length + 1 + 78, (view, bytes) => {
    view.setUint32(8, name.length + 1);
    bytes.set(ascii(name), 12);
  });
}

/** Version 4: one record of UTF-16. */
export function localizedDescription(name: string): Uint8Array {
  return element('mluc', 28 + name.length * 2, (view, bytes) => {
    view.setUint32(8, 1);
    view.setUint32(12, 12);
    bytes.set(ascii('enUS'), 16);
    view.setUint32(20, name.length * 2);
    view.setUint32(24, 28);
    for (let i = 0; i < name.length; i++) view.setUint16(28 + i * 2, name.charCodeAt(i));
  });
}

export function element(type: string, size: number, write: (view: DataView, bytes: Uint8Array) => void): Uint8Array {
  const bytes = new Uint8Array(size);
  bytes.set(ascii(type));
  write(new DataView(bytes.buffer), bytes);
  return bytes;
}
