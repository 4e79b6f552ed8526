/** The progress of one photograph. */
export type FixStage = 'reading' | 'predicting' | 'writing' | 'waiting-for-bridge' | 'waiting-for-photoshop';

export interface FixProgress {
  readonly stage: FixStage;
  /** Of the whole, 0..1. */
  readonly fraction: number;
  /** With `waiting-for-photoshop`: Photoshop's words on what blocks. */
  readonly detail?: string;
}

/** Where each stage starts and ends in the whole: most of the time goes into reading and writing pixels. */
const SPANS = { reading: [0, 0.3], predicting: [0.3, 0.45], writing: [0.45, 1] } as const;

/** Joins the stages' own fractions to one that never falls, also when a stage is done again. */
export class ProgressReporter {
  readonly #report: (progress: FixProgress) => void;
  #fraction = 0;

  constructor(report: (progress: FixProgress) => void = () => undefined) {
    this.#report = report;
  }

  /** A listener for one stage. */
  stage(stage: keyof typeof SPANS): (fraction: number) => void {
    const [start, end] = SPANS[stage];
    const advance = (fraction: number): void => {
      this.#fraction = Math.max(this.#fraction, start + (end - start) * Math.min(1, Math.max(0, fraction)));
      this.#report({ stage, fraction: this.#fraction });
    };
    advance(0);
    return advance;
  }

  waiting(stage: 'waiting-for-bridge' | 'waiting-for-photoshop', detail?: string): void {
    this.#report({ stage, fraction: this.#fraction, ...(detail === undefined ? {} : { detail }) });
  }
}
