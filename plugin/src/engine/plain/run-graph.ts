import type { OnnxGraph, OnnxNode } from './onnx-file.ts';
import { refuse } from './operator.ts';
import { OPERATORS } from './operators.ts';
import type { PlainTensor } from './tensor.ts';

/** Finds nodes that cannot be computed before the first one is computed. @throws EngineError `MODEL_CORRUPT` */
export function checkOperators(graph: OnnxGraph): void {
  for (const node of graph.nodes) {
    if (!OPERATORS.has(node.opType)) refuse(node, 'the operator is not supported');
  }
}

/**
 * Computes a network, node by node; yields the share that is done, 0..1, wherever it may be interrupted. Values are freed as
 * soon as no later node reads them.
 *
 * @throws EngineError `MODEL_CORRUPT`
 */
export function* runGraph(graph: OnnxGraph, input: PlainTensor): Generator<number, PlainTensor, undefined> {
  const values = new Map<string, PlainTensor>(graph.constants);
  values.set(graph.input, input);
  const lastUse = lastUses(graph);
  for (const [index, node] of graph.nodes.entries()) {
    const operator = OPERATORS.get(node.opType) ?? refuse(node, 'the operator is not supported');
    const steps = operator(node, inputsOf(node, values));
    let step = steps.next();
    for (; step.done !== true; step = steps.next()) yield index / graph.nodes.length;
    values.set(node.output, step.value);
    for (const name of node.inputs) if (lastUse.get(name) === index) values.delete(name);
  }
  const output = values.get(graph.output);
  return output ?? refuse(graph.nodes.at(-1)!, `the output ${graph.output} was not computed`);
}

function inputsOf(node: OnnxNode, values: ReadonlyMap<string, PlainTensor>): (PlainTensor | undefined)[] {
  return node.inputs.map((name) => {
    if (name === '') return undefined;
    return values.get(name) ?? refuse(node, `input ${name} was not computed`);
  });
}

/** For each value the last node that reads it; constants and the output stay. */
function lastUses({ nodes, constants, output }: OnnxGraph): Map<string, number> {
  const last = new Map<string, number>();
  for (const [index, node] of nodes.entries()) {
    for (const name of node.inputs) if (!constants.has(name) && name !== output) last.set(name, index);
  }
  return last;
}
