import { EngineError } from '../../errors.ts';
import { Attributes } from './attributes.ts';
import { float16ToFloat32 } from './float16.ts';
import { ProtobufReader } from './protobuf-reader.ts';
import { sizeOf, type PlainTensor } from './tensor.ts';

/** One step of the network. */
export interface OnnxNode {
  readonly name: string;
  readonly opType: string;
  /** Names of values; empty for an optional input that is left out. */
  readonly inputs: readonly string[];
  readonly output: string;
  readonly attributes: Attributes;
}

/** What the plain engine needs of an ONNX file: nodes in the order in which they can be computed, and constants. */
export interface OnnxGraph {
  readonly nodes: readonly OnnxNode[];
  readonly constants: ReadonlyMap<string, PlainTensor>;
  readonly input: string;
  readonly output: string;
}

/** What the trainer's export writes. Operators of another version may mean something else. */
const IR_VERSION = 8;
const OPSET_VERSION = 13;

/**
 * Reads an ONNX file (onnx.proto, IR version 8, opset 13) with one input and one output. Versions are asked for although nothing is
 * computed with them: a protocol buffer does not say where it ends, and a file that was cut off behind its network lacks them.
 *
 * @throws EngineError `MODEL_CORRUPT`
 */
export function readOnnxFile(bytes: Uint8Array): OnnxGraph {
  let graph: OnnxGraph | undefined;
  let irVersion: number | undefined;
  const opsets: string[] = [];
  // ModelProto: 1 ir_version, 7 graph, 8 opset_import
  new ProtobufReader(bytes).forEachField((field, reader) => {
    if (field === 1) irVersion = reader.integer();
    else if (field === 7) graph = readGraph(reader.message());
    else if (field === 8) opsets.push(readOpset(reader.message()));
  });
  if (graph === undefined) throw corrupt('it has no graph');
  if (irVersion !== IR_VERSION || opsets.join() !== String(OPSET_VERSION)) {
    const got = `IR version ${irVersion ?? 'none'} and opset ${opsets.join(', ') || 'none'}`;
    throw corrupt(`it has ${got}, needs ${IR_VERSION} and ${OPSET_VERSION}`);
  }
  return graph;
}

/** "13" for ONNX' own operators, "ai.onnx.ml 3" for others. */
function readOpset(reader: ProtobufReader): string {
  let domain = '';
  let version = 0;
  // OperatorSetIdProto: 1 domain, 2 version
  reader.forEachField((field) => {
    if (field === 1) domain = reader.text();
    else if (field === 2) version = reader.integer();
  });
  return domain === '' ? String(version) : `${domain} ${version}`;
}

function readGraph(reader: ProtobufReader): OnnxGraph {
  const nodes: OnnxNode[] = [];
  const constants = new Map<string, PlainTensor>();
  const inputs: string[] = [];
  const outputs: string[] = [];
  // GraphProto: 1 node, 5 initializer, 11 input, 12 output
  reader.forEachField((field) => {
    if (field === 1) nodes.push(readNode(reader.message()));
    else if (field === 5) constants.set(...readTensor(reader.message()));
    else if (field === 11) inputs.push(readName(reader.message()));
    else if (field === 12) outputs.push(readName(reader.message()));
  });
  const [input] = inputs;
  const [output] = outputs;
  if (input === undefined || output === undefined || inputs.length !== 1 || outputs.length !== 1) {
    throw corrupt(`it has ${inputs.length} inputs and ${outputs.length} outputs, needs one of each`);
  }
  return { nodes, constants, input, output };
}

function readName(reader: ProtobufReader): string {
  let name = '';
  reader.forEachField((field) => {
    if (field === 1) name = reader.text();
  });
  return name;
}

function readNode(reader: ProtobufReader): OnnxNode {
  const inputs: string[] = [];
  const outputs: string[] = [];
  const attributes = new Attributes();
  let name = '';
  let opType = '';
  // NodeProto: 1 input, 2 output, 3 name, 4 op_type, 5 attribute
  reader.forEachField((field) => {
    if (field === 1) inputs.push(reader.text());
    else if (field === 2) outputs.push(reader.text());
    else if (field === 3) name = reader.text();
    else if (field === 4) opType = reader.text();
    else if (field === 5) attributes.read(reader.message());
  });
  const [output] = outputs;
  if (output === undefined || outputs.length !== 1)
    throw corrupt(`node ${name} has ${outputs.length} outputs, needs 1`);
  return { name, opType, inputs, output, attributes };
}

const FLOAT = 1;
const INT64 = 7;
const FLOAT16 = 10;

function readTensor(reader: ProtobufReader): [string, PlainTensor] {
  const dims: number[] = [];
  let name = '';
  let dataType = 0;
  let raw = new Uint8Array();
  // TensorProto: 1 dims, 2 data_type, 8 name, 9 raw_data
  reader.forEachField((field) => {
    if (field === 1) dims.push(...reader.integers());
    else if (field === 2) dataType = reader.integer();
    else if (field === 8) name = reader.text();
    else if (field === 9) raw = new Uint8Array(reader.chunk());
  });
  const width = { [FLOAT]: 4, [INT64]: 8, [FLOAT16]: 2 }[dataType];
  if (width === undefined) throw corrupt(`constant ${name} has data type ${dataType}, needs float, half or int64`);
  const count = sizeOf(dims);
  if (raw.length !== count * width) {
    throw corrupt(`constant ${name} has ${raw.length} bytes, its shape ${dims.join('×')} needs ${count * width}`);
  }
  return [name, { dims, values: valuesOf(raw.buffer, dataType) }];
}

/** `buffer` is a copy of the file's bytes, so that it is aligned. */
function valuesOf(buffer: ArrayBuffer, dataType: number): Float32Array {
  if (dataType === FLOAT) return new Float32Array(buffer);
  if (dataType === FLOAT16) return Float32Array.from(new Uint16Array(buffer), float16ToFloat32);
  return Float32Array.from(new BigInt64Array(buffer), Number);
}

function corrupt(reason: string): EngineError {
  return new EngineError('MODEL_CORRUPT', `the network's file cannot be read: ${reason}`);
}
