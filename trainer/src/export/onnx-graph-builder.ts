import onnxProto from 'onnx-proto';
import { toFloat16 } from './float16.ts';

const { onnx } = onnxProto;
const { DataType } = onnx.TensorProto;
const { AttributeType } = onnx.AttributeProto;

/** How weights are stored. `fp16` halves the file; the network still computes in 32 bits, behind Cast nodes. */
export type WeightPrecision = 'fp32' | 'fp16';

/** Smaller tensors (biases, scales) stay in 32 bits: they cost nothing and every pixel feels them. */
const SMALLEST_FP16_TENSOR = 256;

/** Attribute values: integers, lists of integers, or `{ float }`; texts as they are. */
export type OnnxAttribute = number | readonly number[] | string | { readonly float: number };

/** A dimension of an input or output: a number, or a name if it may be anything. */
export type OnnxDimension = number | string;

/** Collects nodes and weights, and makes an ONNX model of them (IR version 8, opset 13). */
export class OnnxGraphBuilder {
  readonly #nodes: onnxProto.onnx.INodeProto[] = [];
  readonly #initializers: onnxProto.onnx.ITensorProto[] = [];
  readonly #inputs: onnxProto.onnx.IValueInfoProto[] = [];
  readonly #outputs: onnxProto.onnx.IValueInfoProto[] = [];
  readonly #names = new Set<string>();
  readonly #precision: WeightPrecision;

  constructor(precision: WeightPrecision) {
    this.#precision = precision;
  }

  /** Declares the float input and returns its name. */
  input(name: string, dimensions: readonly OnnxDimension[]): string {
    this.#names.add(name);
    this.#inputs.push(valueInfo(name, dimensions));
    return name;
  }

  /** Declares a value as the float output. */
  output(name: string, dimensions: readonly OnnxDimension[]): void {
    this.#outputs.push(valueInfo(name, dimensions));
  }

  /** Adds a node with one output and returns the output's name, which begins with `label`. */
  node(opType: string, inputs: readonly string[], options: NodeOptions): string {
    const output = this.#freeName(options.label);
    this.#nodes.push({
      opType,
      name: output,
      input: [...inputs],
      output: [output],
      attribute: Object.entries(options.attributes ?? {}).map(([name, value]) => attributeOf(name, value)),
    });
    return output;
  }

  /** Adds float weights and returns the name under which nodes read them in 32 bits. */
  weights(label: string, shape: readonly number[], values: Float32Array): string {
    const halves = this.#precision === 'fp16' && values.length >= SMALLEST_FP16_TENSOR ? toFloat16(values) : undefined;
    const name = this.#freeName(halves === undefined ? label : `${label}_fp16`);
    const dataType = halves === undefined ? DataType.FLOAT : DataType.FLOAT16;
    this.#initializers.push({ name, dims: [...shape], dataType, rawData: littleEndianBytes(halves ?? values) });
    if (halves === undefined) return name;
    return this.node('Cast', [name], { label, attributes: { to: DataType.FLOAT } });
  }

  /** Adds a constant list of integers (shapes, pads). */
  integers(label: string, values: readonly number[]): string {
    const name = this.#freeName(label);
    const rawData = new Uint8Array(BigInt64Array.from(values, (value) => BigInt(value)).buffer);
    this.#initializers.push({ name, dims: [values.length], dataType: DataType.INT64, rawData });
    return name;
  }

  /** The model's bytes. `metadata` goes to `metadata_props`. */
  serialize(graphName: string, metadata: Readonly<Record<string, string>>): Uint8Array {
    const model = onnx.ModelProto.create({
      irVersion: 8,
      producerName: 'evenlight-trainer',
      metadataProps: Object.entries(metadata).map(([key, value]) => ({ key, value })),
      graph: {
        name: graphName,
        node: this.#nodes,
        initializer: this.#initializers,
        input: this.#inputs,
        output: this.#outputs,
      },
    });
    // Messages that follow each other are one message. What every reader asks for comes last, so that none takes a file that was
    // cut off, wherever that was: a protocol buffer does not say where it ends.
    const opset = onnx.ModelProto.create({ opsetImport: [{ domain: '', version: 13 }] });
    return new Uint8Array(Buffer.concat([model, opset].map((part) => onnx.ModelProto.encode(part).finish())));
  }

  #freeName(label: string): string {
    let name = label;
    for (let copy = 2; this.#names.has(name); copy++) name = `${label}_${copy}`;
    this.#names.add(name);
    return name;
  }
}

/** `label` names the node's output. */
export interface NodeOptions {
  readonly label: string;
  readonly attributes?: Readonly<Record<string, OnnxAttribute>>;
}

function attributeOf(name: string, value: OnnxAttribute): onnxProto.onnx.IAttributeProto {
  if (typeof value === 'number') return { name, type: AttributeType.INT, i: value };
  if (typeof value === 'string') return { name, type: AttributeType.STRING, s: new TextEncoder().encode(value) };
  if ('float' in value) return { name, type: AttributeType.FLOAT, f: value.float };
  return { name, type: AttributeType.INTS, ints: [...value] };
}

function valueInfo(name: string, dimensions: readonly OnnxDimension[]): onnxProto.onnx.IValueInfoProto {
  const dim = dimensions.map((size) => (typeof size === 'number' ? { dimValue: size } : { dimParam: size }));
  return { name, type: { tensorType: { elemType: DataType.FLOAT, shape: { dim } } } };
}

/** The bytes of a typed array; every platform Node runs on is little endian, as ONNX wants it. */
function littleEndianBytes(values: Float32Array | Uint16Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
