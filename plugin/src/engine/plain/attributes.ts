import type { ProtobufReader } from './protobuf-reader.ts';

type Value = number | string | readonly number[];

/** A node's attributes, with the defaults that ONNX' operator list gives. */
export class Attributes {
  readonly #values = new Map<string, Value>();

  /** Adds an AttributeProto: 1 name, 2 f, 3 i, 4 s, 8 ints. */
  read(reader: ProtobufReader): void {
    let name = '';
    let value: Value | undefined;
    const list: number[] = [];
    reader.forEachField((field) => {
      if (field === 1) name = reader.text();
      else if (field === 2) value = reader.float();
      else if (field === 3) value = reader.integer();
      else if (field === 4) value = reader.text();
      else if (field === 8) list.push(...reader.integers());
    });
    this.#values.set(name, value ?? list);
  }

  number(name: string, fallback: number): number {
    const value = this.#values.get(name);
    return typeof value === 'number' ? value : fallback;
  }

  numbers(name: string, fallback: readonly number[]): readonly number[] {
    const value = this.#values.get(name);
    return typeof value === 'object' ? value : fallback;
  }

  text(name: string, fallback: string): string {
    const value = this.#values.get(name);
    return typeof value === 'string' ? value : fallback;
  }
}
