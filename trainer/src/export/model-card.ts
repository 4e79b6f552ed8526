import type { ModelContract } from '@evenlight/models';
import type { Parity } from './parity.ts';

/** A picture that a network was trained on, with what its licence asks for. */
export interface Attribution {
  readonly file: string;
  readonly author: string;
  readonly licence: string;
  readonly source: string;
}

/** One kind of picture that should be left alone; `changed` is the share with a ΔE2000 above 3. */
export interface KeepRow {
  readonly kind: string;
  readonly isWellExposed: boolean;
  readonly images: number;
  readonly deltaE: { readonly mean: number };
  readonly changed: number;
  readonly codes: number;
}

/** What a model's card says beyond its contract. */
export interface CardParts {
  /** One paragraph: what the model does and for whom. */
  readonly summary: string;
  /** What it does badly or must not be used for, one sentence each. */
  readonly limits: readonly string[];
  /** How it was trained: paragraphs or lists in Markdown. */
  readonly training: string;
  /** What its data are, and on what terms, in Markdown. */
  readonly data: string;
  /** What it does to pictures that it should leave alone, by kind. */
  readonly keep?: readonly KeepRow[];
  /** Every picture it was trained on. */
  readonly attribution: readonly Attribution[];
}

/** `CARD.md` of an exported model (the form follows Mitchell et al. 2019, "Model Cards for Model Reporting"). */
export function modelCard(contract: ModelContract, parts: CardParts, parity: { fp32: Parity; fp16: Parity }): string {
  const sections = [
    `# ${contract.title}\n\n${parts.summary}`,
    `## What it is\n\n${facts(contract)}`,
    `## Scores\n\n${scores(contract)}${keep(parts.keep)}`,
    `## Limits\n\n${parts.limits.map((limit) => `- ${limit}`).join('\n')}`,
    `## Training\n\n${parts.training}`,
    `## Files\n\n${files(contract, parity)}`,
    `## Data and licences\n\n${parts.data}\n\n${attribution(parts.attribution)}`,
  ];
  return `${sections.join('\n\n')}\n`;
}

function facts(contract: ModelContract): string {
  const { input, output, guide } = contract;
  const fit = contract.kind === 'image' ? 'fits inside' : 'is squashed to';
  const answer =
    output.kind === 'grid'
      ? `bilateral grid ${output.gridWidth}×${output.gridHeight}×${output.gridDepth} of 3×4 affine colour transforms, as differences from the identity`
      : 'the corrected picture, of the same size';
  return table(
    ['', ''],
    [
      ['Name', `\`${contract.name}\``],
      ['Version', contract.version],
      ['Licence of the weights', contract.licence],
      ['Input', `the whole picture, sRGB-encoded 0..1, channels last; it ${fit} ${input.width}×${input.height}`],
      ['Output', answer],
      [
        'Guide',
        `weights ${guide.weights.map((weight) => weight.toFixed(4)).join(', ')}, gamma ${guide.gamma.toFixed(4)}`,
      ],
    ],
  );
}

function scores({ scores: rows, measured }: ModelContract): string {
  if (rows === undefined || rows.length === 0) return 'Not measured.';
  const number = (value: number | undefined, digits: number): string => value?.toFixed(digits) ?? '–';
  const header = ['Set', 'Images', 'PSNR (dB)', 'SSIM', 'ΔE2000', 'Input left alone (dB)', 'Auto-gamma (dB)'];
  const lines = rows.map((row) => [
    row.set,
    String(row.images),
    number(row.psnr, 2),
    number(row.ssim, 3),
    number(row.deltaE, 2),
    number(row.identityPsnr, 2),
    number(row.autoGammaPsnr, 2),
  ]);
  const when = measured === undefined ? '' : `\n\nMeasured ${measured.date} on ${measured.machine}.`;
  return table(header, lines) + when;
}

/** A table of what the model leaves alone. */
function keep(rows: readonly KeepRow[] = []): string {
  const lines = rows
    .filter(({ isWellExposed }) => isWellExposed)
    .map(({ kind, images, deltaE, changed, codes }) => {
      return [kind, String(images), deltaE.mean.toFixed(2), `${(100 * changed).toFixed(0)} %`, codes.toFixed(1)];
    });
  if (lines.length === 0) return '';
  const header = [
    'Needs no change',
    'Images',
    'ΔE2000 of the change',
    'Changed by more than 3',
    'Mean change in codes',
  ];
  return `\n\n${table(header, lines)}`;
}

function files({ files: { tfjs, onnx } }: ModelContract, parity: { fp32: Parity; fp16: Parity }): string {
  const all = [tfjs.model, ...tfjs.weights, onnx.fp32, onnx.fp16, onnx.testVector].filter((file) => file !== undefined);
  const lines = all.map(({ path, sizeBytes, sha256 }) => [`\`${path}\``, String(sizeBytes), `\`${sha256}\``]);
  const { pictures, largestDifference, largestValue } = parity.fp32;
  const said =
    `At export tfjs and onnxruntime-web (WebAssembly) differed by at most ${largestDifference.toExponential(1)} on ` +
    `${pictures} pictures (largest value ${largestValue.toFixed(2)}); with half-precision weights by ` +
    `${parity.fp16.largestDifference.toExponential(1)}.`;
  return `${table(['File', 'Bytes', 'SHA-256'], lines)}\n\n${said}`;
}

function attribution(rows: readonly Attribution[]): string {
  if (rows.length === 0) return '';
  const counts = new Map<string, number>();
  for (const { licence } of rows) counts.set(licence, (counts.get(licence) ?? 0) + 1);
  const summary = [...counts].sort((a, b) => b[1] - a[1]).map(([licence, count]) => [licence, String(count)]);
  const lines = rows.map(({ file, author, licence, source }) => [file, author, licence, source]);
  return `${table(['Licence', 'Files'], summary)}\n\n${table(['File', 'Author', 'Licence', 'Source'], lines)}`;
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Text from a manifest must not end its cell or its row. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|').replace(/\s+/g, ' ').trim();
}
