/** The progress of one photograph. */
export type FixStage =
  'reading' | 'predicting' | 'cleaning' | 'writing' | 'waiting-for-bridge' | 'waiting-for-photoshop';

export interface FixProgress {
  readonly stage: FixStage;
  /** Of the whole, 0..1. */
  readonly fraction: number;
  /** With `waiting-for-photoshop`: Photoshop's words on what blocks. */
  readonly detail?: string;
}

/**
 * Where each stage starts and ends in the whole: most of the time goes into reading and writing pixels. Cleaning is part of the one
 * step that makes the layers.
 */
const SPANS = { reading: [0, 0.3], predicting: [0.3, 0.45], cleaning: [0.45, 1], writing: [0.45, 1] } as const;

type FractionStage = keyof typeof SPANS;

/** Joins the stages' own fractions to one that never falls, also when a stage is done again. */
export class ProgressReporter {
  readonly #report: (progress: FixProgress) => void;
  #fraction = 0;

  constructor(report: (progress: FixProgress) => void = () => undefined) {
    this.#report = report;
  }

  /** A listener for one stage. */
  stage(stage: FractionStage): (fraction: number) => void {
    const advance = (fraction: number): void => this.advance(stage, fraction);
    advance(0);
    return advance;
  }

  /** @param fraction of the stage */
  advance(stage: FractionStage, fraction: number): void {
    const [start, end] = SPANS[stage];
    this.#fraction = Math.max(this.#fraction, start + (end - start) * Math.min(1, Math.max(0, fraction)));
    this.#report({ stage, fraction: this.#fraction });
  }

  waiting(stage: 'waiting-for-bridge' | 'waiting-for-photoshop', detail?: string): void {
    this.#report({ stage, fraction: this.#fraction, ...(detail === undefined ? {} : { detail }) });
  }
}
