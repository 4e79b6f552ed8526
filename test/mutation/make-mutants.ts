import ts from 'typescript';

/** One small change to a source file that its tests should notice. */
export interface Mutant {
  /** Relative to the repository. */
  readonly file: string;
  readonly line: number;
  /** "a < b → a <= b". */
  readonly what: string;
  readonly start: number;
  readonly end: number;
  /** What stands from start to end. */
  readonly original: string;
  readonly replacement: string;
}

const SWAPPED_OPERATORS: Readonly<Record<string, string>> = {
  ...{ '<': '<=', '<=': '<', '>': '>=', '>=': '>', '===': '!==', '!==': '===', '&&': '||', '||': '&&' },
  ...{ '+': '-', '-': '+', '*': '/', '/': '*', '%': '*', '+=': '-=', '-=': '+=', '*=': '/=' },
};
const SWAPPED_FUNCTIONS: Readonly<Record<string, string>> = {
  ...{ 'Math.min': 'Math.max', 'Math.max': 'Math.min', 'Math.floor': 'Math.ceil', 'Math.ceil': 'Math.floor' },
  ...{ 'Math.round': 'Math.floor', 'Math.abs': 'Number' },
};

/** All mutants of a file. Types, imports and the texts of errors stay as they are. */
export function makeMutants(file: string, source: string): Mutant[] {
  const tree = ts.createSourceFile(file, source, ts.ScriptTarget.ESNext, true);
  const mutants: Mutant[] = [];
  const add = (node: ts.Node, replacement: string, shown: ts.Node = node): void => {
    const start = node.getStart(tree);
    const before = shown.getText(tree).replaceAll(/\s+/g, ' ').slice(0, 60);
    const what = `${before}: ${node.getText(tree).slice(0, 30).replaceAll(/\s+/g, ' ')} → ${replacement || 'nothing'}`;
    const line = tree.getLineAndCharacterOfPosition(start).line + 1;
    mutants.push({ file, line, what, start, end: node.getEnd(), original: node.getText(tree), replacement });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isTypeNode(node) || ts.isImportDeclaration(node) || ts.isThrowStatement(node)) return;
    mutate(node, tree, add);
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return mutants;
}

type Add = (node: ts.Node, replacement: string, shown?: ts.Node) => void;

function mutate(node: ts.Node, tree: ts.SourceFile, add: Add): void {
  if (ts.isBinaryExpression(node)) {
    const other = SWAPPED_OPERATORS[node.operatorToken.getText(tree)];
    if (other !== undefined && !isText(node, tree)) add(node.operatorToken, other, node);
  } else if (ts.isNumericLiteral(node)) {
    add(node, node.text === '0' ? '1' : `(${node.getText(tree)} * 1.5)`, node.parent);
  } else if (node.kind === ts.SyntaxKind.TrueKeyword || node.kind === ts.SyntaxKind.FalseKeyword) {
    add(node, node.kind === ts.SyntaxKind.TrueKeyword ? 'false' : 'true', node.parent);
  } else if (ts.isIfStatement(node)) {
    add(node.expression, 'false');
    // A condition that is always true leaves only the throw: that is what tests of errors see anyway.
    if (!ts.isThrowStatement(node.thenStatement)) add(node.expression, 'true');
  } else if (ts.isConditionalExpression(node)) {
    add(node.condition, 'true', node);
    add(node.condition, 'false', node);
  } else if (ts.isCallExpression(node)) {
    const other = SWAPPED_FUNCTIONS[node.expression.getText(tree)];
    if (other !== undefined) add(node.expression, other, node);
  } else if (ts.isPrefixUnaryExpression(node) && !ts.isNumericLiteral(node.operand)) {
    if (node.operator === ts.SyntaxKind.ExclamationToken || node.operator === ts.SyntaxKind.MinusToken)
      add(node, node.operand.getText(tree));
  } else if (ts.isExpressionStatement(node)) {
    add(node, ';');
  }
}

/** `+` that joins texts has no arithmetic to break. */
function isText(node: ts.BinaryExpression, tree: ts.SourceFile): boolean {
  return node.operatorToken.kind === ts.SyntaxKind.PlusToken && /['"`]/.test(node.getText(tree));
}

/** `count` of the mutants, the same ones for the same seed. */
export function drawMutants(mutants: readonly Mutant[], count: number, seed: number): Mutant[] {
  const keyed = mutants.map((mutant) => ({
    mutant,
    key: hash(`${seed} ${mutant.file} ${mutant.start} ${mutant.what}`),
  }));
  keyed.sort((left, right) => left.key - right.key);
  return keyed.slice(0, count).map(({ mutant }) => mutant);
}

/** FNV-1a with a final mix (MurmurHash3): neighbours in the file must not be neighbours in the draw. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}
