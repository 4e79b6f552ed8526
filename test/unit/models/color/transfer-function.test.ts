import { createTransferFunction, type ModelError, type ToneCurve } from '@evenlight/models';
import { describe, expect, it } from 'vitest';

type Parametric = Extract<ToneCurve, { type: 'parametric' }>;
/** A straight line, but for what is given. */
const parametric = (changes: Partial<Parametric> = {}): ToneCurve => ({
  ...{ type: 'parametric', g: 1, a: 1, b: 0, c: 0, d: 0, e: 0, f: 0 },
  ...changes,
});
const table = (...values: number[]): ToneCurve => ({ type: 'table', values });
const refusal = (message: string): ModelError => expect.objectContaining({ code: 'BAD_COLOR_SPACE', message }) as never;

describe('a gamma', () => {
  it.each([0.1, 0.5, 10])('may be %d', (gamma) => {
    const { decode, encode, isLinear } = createTransferFunction({ type: 'gamma', gamma });
    expect([decode(0.9), encode(0.9), isLinear]).toEqual([0.9 ** gamma, 0.9 ** (1 / gamma), false]);
  });

  it.each([0.099, 10.01])('of %d is refused', (gamma) => {
    expect(() => createTransferFunction({ type: 'gamma', gamma })).toThrow(
      refusal(`gamma is ${gamma}, needs 0.1 to 10`),
    );
  });
});

describe('a parametric curve', () => {
  it('that jumps sends what lies in the gap to where it jumps', () => {
    // Half of x below 0.5, x from there on.
    const { decode, encode } = createTransferFunction(parametric({ c: 0.5, d: 0.5 }));
    expect([0, 0.4, 0.5, 0.6].map(decode)).toEqual([0, 0.2, 0.5, 0.6]);
    expect([0, 0.2, 0.25, 0.3, 0.49, 0.5, 0.6].map(encode)).toEqual([0, 0.4, 0.5, 0.5, 0.5, 0.5, 0.6]);
  });

  it('that begins flat sends what lies below to 0', () => {
    const { decode, encode } = createTransferFunction(parametric({ d: 0.25, f: 0.125 }));
    expect([0, 0.2, 0.25].map(decode)).toEqual([0.125, 0.125, 0.25]);
    expect([0, 0.1, 0.125, 0.2, 0.5].map(encode)).toEqual([0, 0, 0.25, 0.25, 0.5]);
  });

  it('that begins below 0 has no negative light, and encodes none as negative values', () => {
    const { decode, encode } = createTransferFunction(parametric({ g: 2, a: 1.5, b: -0.5 }));
    expect([0, 0.25, 1].map(decode)).toEqual([0, 0, 1]);
    expect([encode(0), encode(1)]).toEqual([1 / 3, 1]);
    const offset = createTransferFunction(parametric({ a: 0.5, b: 0.25, e: 0.125, c: 0.25, d: 0.25, f: 0.25 }));
    expect([0.2, 0.25, 0.4, 0.875].map(offset.encode)).toEqual([0, 0, 0.25, 1]);
    expect(createTransferFunction(parametric({ b: 0.5 })).encode(0.25)).toBe(0);
    expect(createTransferFunction(parametric({ e: 0.5 })).encode(0.25)).toBe(0);
  });

  it.each<Partial<Parametric>>([
    { g: 0.1 },
    { g: 10 },
    { a: 1e-3 },
    { c: 0, d: 0.5 },
    // Without a lower branch its slope says nothing.
    { c: -1 },
  ])('may have %j', (changes) => {
    expect(createTransferFunction(parametric(changes)).decode(1)).toBeGreaterThan(0);
  });

  it.each<Partial<Parametric>>([
    { g: 0.099 },
    { g: 10.01 },
    { a: 0 },
    { c: -0.01, d: 0.01 },
    { f: NaN },
    { e: Infinity },
  ])('with %j is refused', (changes) => {
    const { g, a, b, c, d, e, f } = parametric(changes) as Parametric;
    const message = `parametric curve g=${g} a=${a} b=${b} c=${c} d=${d} e=${e} f=${f} does not rise`;
    expect(() => createTransferFunction(parametric(changes))).toThrow(refusal(message));
  });

  it('that ends where it begins is refused', () => {
    expect(() => createTransferFunction(parametric({ d: 2, f: 0.5 }))).toThrow(
      refusal('parametric curve goes from 0.5 to 0.5, needs to rise'),
    );
  });
});

describe('a table', () => {
  it('has a millionth of slope where it is flat, so that its codes can be told apart', () => {
    const { decode, encode } = createTransferFunction(table(0, 0, 1));
    expect(decode(0.25) * 1e6).toBeCloseTo(0.25, 5);
    expect(decode(0.5) * 1e6).toBeCloseTo(0.5, 5);
    expect([encode(0), encode(decode(0.25)), encode(1)]).toEqual([0, expect.closeTo(0.25, 9), 1]);
  });

  it('takes a value that falls for the one before', () => {
    const { decode } = createTransferFunction(table(0, 0.5, 0.45, 1));
    expect([1 / 3, 0.5, 2 / 3, 5 / 6].map(decode)).toEqual(
      [0.5, 0.5, 0.5, 0.75].map((value): unknown => expect.closeTo(value, 5)),
    );
  });

  it('sends all light below its first value to 0', () => {
    const { decode, encode } = createTransferFunction(table(0.25, 0.5, 1));
    expect([0.1, 0.25, 0.375, 0.5, 0.75].map(encode)).toEqual(
      [0, 0, 0.25, 0.5, 0.75].map((value): unknown => expect.closeTo(value, 5)),
    );
    expect(decode(0)).toBeCloseTo(0.25, 5);
  });

  it('goes on beyond 1 as steeply as it ends, and by a thousandth at least', () => {
    const steep = createTransferFunction(table(0, 0.25, 1));
    expect([steep.decode(1), steep.decode(2), steep.encode(2.5)]).toEqual(
      [1, 2.5, 2].map((value): unknown => expect.closeTo(value, 4)),
    );
    const flat = createTransferFunction(table(0, 1, 1));
    expect([flat.decode(3), flat.encode(1.001)]).toEqual([1.002, 2].map((value): unknown => expect.closeTo(value, 9)));
  });

  it('rises by more than a tenth', () => {
    expect(createTransferFunction(table(0.25, 0.36)).decode(1)).toBeCloseTo(0.36, 5);
    expect(() => createTransferFunction(table(0.25, 0.35))).toThrow(
      refusal('curve table goes from 0.25 to 0.35, needs to rise'),
    );
  });

  it('has two numbers or more', () => {
    expect(() => createTransferFunction(table(1))).toThrow(refusal('curve table has 1 entries, needs 2 or more'));
    expect(() => createTransferFunction(table(0, NaN, 1))).toThrow(
      refusal('curve table holds NaN at 1, needs numbers'),
    );
  });
});

it('linear light is itself', () => {
  const { decode, encode, isLinear } = createTransferFunction({ type: 'linear' });
  expect([decode(-0.5), encode(2), isLinear]).toEqual([-0.5, 2, true]);
});
