import type { RestorationContract } from '@evenlight/models';
import type { ExportedContract } from './contract-shapes.ts';
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
  /** How much it changes pictures that it should leave alone, by kind. */
  readonly keep?: readonly KeepRow[];
  /** Every picture it was trained on. */
  readonly attribution: readonly Attribution[];
}

/** `CARD.md` of an exported model (the form follows Mitchell et al. 2019, "Model Cards for Model Reporting"). */
export function modelCard(
  contract: ExportedContract,
  parts: CardParts,
  parity: { fp32: Parity; fp16: Parity },
): string {
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

function facts(contract: ExportedContract): string {
  return table(
    ['', ''],
    [
      ['Name', `\`${contract.name}\``],
      ['Version', contract.version],
      ['Licence of the weights', contract.licence],
      ...(contract.kind === 'restoration' ? restorationFacts(contract) : correctionFacts(contract)),
    ],
  );
}

function correctionFacts(contract: Exclude<ExportedContract, RestorationContract>): string[][] {
  const { input, output, guide } = contract;
  const fit = contract.kind === 'image' ? 'fits inside' : 'is squashed to';
  const answer =
    output.kind === 'grid'
      ? `bilateral grid ${output.gridWidth}×${output.gridHeight}×${output.gridDepth} of 3×4 affine colour transforms, as differences from the identity`
      : 'the corrected picture, of the same size';
  const weights = guide.weights.map((weight) => weight.toFixed(4)).join(', ');
  return [
    ['Input', `the whole picture, sRGB-encoded 0..1, channels last; it ${fit} ${input.width}×${input.height}`],
    ['Output', answer],
    ['Guide', `weights ${weights}, gamma ${guide.gamma.toFixed(4)}`],
  ];
}

function restorationFacts({ input: { multipleOf, reach } }: RestorationContract): string[][] {
  const size = `tiles whose sides are multiples of ${multipleOf}; a pixel reaches ${reach} pixels`;
  return [
    ['Input', `the corrected picture, sRGB-encoded 0..1, and its lift in EV / 6, channels last; ${size}`],
    ['Output', 'what is to be added to the corrected picture where it was lifted, of the same size'],
  ];
}

function scores(contract: ExportedContract): string {
  if (contract.scores === undefined || contract.scores.length === 0) return 'Not measured.';
  const { measured } = contract;
  const when = measured === undefined ? '' : `\n\nMeasured ${measured.date} on ${measured.machine}.`;
  return (contract.kind === 'restoration' ? restorationScores(contract) : correctionScores(contract)) + when;
}

const digits = (value: number | undefined, count: number): string => value?.toFixed(count) ?? '–';

function correctionScores({ scores: rows = [] }: Exclude<ExportedContract, RestorationContract>): string {
  const header = ['Set', 'Images', 'PSNR (dB)', 'SSIM', 'ΔE2000', 'Input left alone (dB)', 'Auto-gamma (dB)'];
  const lines = rows.map((row) => [
    row.set,
    String(row.images),
    digits(row.psnr, 2),
    digits(row.ssim, 3),
    digits(row.deltaE, 2),
    digits(row.identityPsnr, 2),
    digits(row.autoGammaPsnr, 2),
  ]);
  return table(header, lines);
}

function restorationScores({ scores: rows = [] }: RestorationContract): string {
  const header = [
    ...['Set', 'Images', 'Everywhere (dB)', 'Everywhere, SSIM', 'Automatic (dB)', 'Automatic, SSIM'],
    ...['Lifted alone (dB)', 'Lifted alone, SSIM'],
  ];
  const lines = rows.map((row) => [
    row.set,
    String(row.images),
    digits(row.psnr, 2),
    digits(row.ssim, 3),
    digits(row.automaticPsnr, 2),
    digits(row.automaticSsim, 3),
    digits(row.liftedPsnr, 2),
    digits(row.liftedSsim, 3),
  ]);
  return table(header, lines);
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

function files({ files: { tfjs, onnx } }: ExportedContract, parity: { fp32: Parity; fp16: Parity }): string {
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
