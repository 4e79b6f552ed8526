import {
  createCorrection,
  DEFAULT_GUIDE,
  fixPicture,
  predictPicture,
  type Adjustment,
  type Answer,
  type Candidate,
  type Correction,
  type FixIntent,
  type Picture,
  type Prediction,
  type ProxyInput,
  type ReadPicture,
  type Steps,
} from '@evenlight/models';
import { describe, expect, it } from 'vitest';

const intent: FixIntent = { adjustment: { strength: 1, evBias: 0 } };
const input: ProxyInput = { width: 4, height: 4 };

function gain(factor: number): Correction {
  const coefficients = [factor, 0, 0, 0, 0, factor, 0, 0, 0, 0, factor, 0];
  return createCorrection({ gridWidth: 1, gridHeight: 1, gridDepth: 1, guide: DEFAULT_GUIDE, coefficients });
}

/** A gray picture that writes down what is done with it. */
class NotedPicture implements Picture<ReadPicture, Prediction, string, string> {
  readonly steps: string[];
  failsAt: string | undefined;

  constructor(steps: string[]) {
    this.steps = steps;
  }

  async open(): Promise<void> {
    this.#note('open');
  }

  async read({ width, height }: ProxyInput): Promise<ReadPicture> {
    this.#note(`read ${width}×${height}`);
    return { proxy: { width, height, pixels: new Float32Array(width * height * 3).fill(0.4) } };
  }

  async apply(_: unknown, { strength, evBias }: Adjustment): Promise<string> {
    this.#note(`apply ${strength} ${evBias}`);
    return 'applied';
  }

  async write(applied: string): Promise<string> {
    this.#note(`write ${applied}`);
    return 'written';
  }

  async keep(verdict: string): Promise<string> {
    this.#note(`keep ${verdict}`);
    return 'kept';
  }

  #note(step: string): void {
    this.steps.push(step);
    if (step === this.failsAt) throw new Error(`${step} failed`);
  }
}

interface Setup {
  readonly steps: string[];
  readonly picture: NotedPicture;
  readonly predictor: { choose(): Promise<Candidate<ReadPicture, Prediction>> };
  answer(correction: Correction): Answer<ReadPicture, Prediction>;
}

function setup(answers: (answer: Setup['answer']) => Candidate<ReadPicture, Prediction>['predict']): Setup {
  const steps: string[] = [];
  const answer: Setup['answer'] = (correction) => {
    steps.push('predict');
    return { prediction: { correction, release: () => steps.push('release') } };
  };
  const choose = async (): Promise<Candidate<ReadPicture, Prediction>> => {
    steps.push('choose');
    return { input, predict: answers(answer) };
  };
  return { steps, picture: new NotedPicture(steps), predictor: { choose }, answer };
}

const gives = (factor: number): Setup => setup((answer) => async () => answer(gain(factor)));

describe('fixing a picture', () => {
  it('reads, predicts, applies and writes, in this order', async () => {
    const { picture, predictor, steps } = gives(1.8);
    const outcome = await fixPicture({ picture, predictor, intent });
    expect(outcome).toMatchObject({ verdict: 'fixed', written: 'written' });
    expect(outcome.measurement?.meanDeltaE).toBeGreaterThan(2);
    expect(steps).toEqual(['choose', 'open', 'read 4×4', 'predict', 'apply 1 0', 'write applied', 'release']);
  });

  it('leaves it to the caller when its computations run', async () => {
    const { picture, predictor, steps } = gives(1.8);
    let pieces = 0;
    const compute = async <Result>(work: Steps<Result>): Promise<Result> => {
      for (;;) {
        const step = work.next();
        if (step.done === true) return step.value;
        pieces++;
        await Promise.resolve();
        steps.push('pause');
      }
    };
    const outcome = await fixPicture({ picture, predictor, intent, compute });
    const atOnce = await fixPicture({ ...gives(1.8), intent });
    expect([outcome.verdict, outcome.measurement]).toEqual([atOnce.verdict, atOnce.measurement]);
    expect(pieces).toBeGreaterThanOrEqual(5);
    expect(steps.indexOf('pause')).toBeGreaterThan(steps.indexOf('predict'));
    expect(steps.lastIndexOf('pause')).toBeLessThan(steps.indexOf('apply 1 0'));
  });

  it('keeps what is well exposed', async () => {
    const { picture, predictor, steps } = gives(1.01);
    const outcome = await fixPicture({ picture, predictor, intent });
    expect(outcome).toMatchObject({ verdict: 'already-well-exposed', written: 'kept' });
    expect(outcome.measurement?.meanDeltaE).toBeGreaterThan(0);
    expect(steps).toEqual(['choose', 'open', 'read 4×4', 'predict', 'keep already-well-exposed', 'release']);
  });

  it('judges at full strength, and measures at the strength that is asked for', async () => {
    const weak = { adjustment: { strength: 0.1, evBias: 0 } };
    const { picture, predictor } = gives(1.2);
    const outcome = await fixPicture({ picture, predictor, intent: weak });
    expect(outcome.verdict).toBe('fixed');
    expect(outcome.measurement?.meanDeltaE).toBeLessThan(2);
    const strong = { adjustment: { strength: 1.5, evBias: 0 } };
    const little = gives(1.04);
    expect(await fixPicture({ ...little, intent: strong })).toMatchObject({ verdict: 'already-well-exposed' });
  });

  it('asks nobody when nothing is to change', async () => {
    const { picture, predictor, steps } = gives(1.8);
    const nothing = { adjustment: { strength: 0, evBias: 0 } };
    expect(await fixPicture({ picture, predictor, intent: nothing })).toEqual({
      verdict: 'unchanged',
      written: 'kept',
    });
    expect(steps).toEqual(['keep unchanged']);
  });

  it('takes what was predicted before, and tells what it works with', async () => {
    const { picture, predictor, steps } = gives(1.8);
    const predicted = await predictPicture(picture, predictor);
    steps.length = 0;
    const told: unknown[] = [];
    await fixPicture({ picture, predictor, intent, predicted, onPredicted: (what) => told.push(what) });
    expect(told).toEqual([predicted]);
    expect(steps).toEqual(['apply 1 0', 'write applied', 'release']);
  });

  it('removes the noise that is asked for, and tells how much', async () => {
    const restorations: unknown[] = [];
    const fixed = async (restore: FixIntent['restore'], noise?: number): Promise<unknown> => {
      const { picture, predictor } = gives(1.8);
      const measuring = Object.assign(picture, {
        ...(noise === undefined ? {} : { liftedNoise: () => Promise.resolve(noise) }),
        apply: (_predicted: unknown, _adjustment: Adjustment, restoration: unknown) => {
          restorations.push(restoration);
          return Promise.resolve('applied');
        },
      });
      return (await fixPicture({ picture: measuring, predictor, intent: { ...intent, ...(restore && { restore }) } }))
        .restoration;
    };
    const all = { luminance: 1, color: 1 };
    const half = { luminance: 0.5, color: 0.5 };
    expect([await fixed('auto', 0.1), await fixed(0.5), await fixed('off', 0.1)]).toEqual([all, half, undefined]);
    // Who cannot measure noise has none, and by default none is removed.
    expect([await fixed('auto', 0), await fixed('auto'), await fixed(undefined, 0.1)]).toEqual(
      Array(3).fill(undefined),
    );
    expect(restorations).toEqual([all, half, ...Array(4).fill(undefined)]);
  });

  it.each(['apply 1 0', 'write applied'])('frees the prediction when %s fails', async (step) => {
    const { picture, predictor, steps } = gives(1.8);
    picture.failsAt = step;
    await expect(fixPicture({ picture, predictor, intent })).rejects.toThrow(`${step} failed`);
    expect(steps.at(-1)).toBe('release');
  });
});

describe('predicting a picture', () => {
  it('asks the candidate that takes over, without reading the same proxy again', async () => {
    const { picture, predictor, steps } = setup((answer) => async () => ({
      next: { input: { ...input }, predict: async () => answer(gain(1)) },
    }));
    await predictPicture(picture, predictor);
    expect(steps).toEqual(['choose', 'open', 'read 4×4', 'predict']);
  });

  it.each([
    { width: 8, height: 4 },
    { width: 4, height: 8 },
    { width: 4, height: 4, fit: 'inside' as const },
  ])('reads again for a model that wants $width×$height $fit', async (other) => {
    const { picture, predictor, steps } = setup((answer) => async () => ({
      next: { input: other, predict: async () => answer(gain(1)) },
    }));
    const { source } = await predictPicture(picture, predictor);
    expect(source.proxy).toMatchObject({ width: other.width, height: other.height });
    expect(steps).toEqual(['choose', 'open', 'read 4×4', `read ${other.width}×${other.height}`, 'predict']);
  });

  it('says why the picture cannot be opened, whatever becomes of the predictor', async () => {
    const { picture } = gives(1);
    picture.failsAt = 'open';
    const predictor = { choose: () => Promise.reject(new Error('no engine')) };
    await expect(predictPicture(picture, predictor)).rejects.toThrow('open failed');
  });

  it('passes on why no candidate could be chosen', async () => {
    const { picture } = gives(1);
    const predictor = { choose: () => Promise.reject(new Error('no engine')) };
    await expect(predictPicture(picture, predictor)).rejects.toThrow('no engine');
  });
});
