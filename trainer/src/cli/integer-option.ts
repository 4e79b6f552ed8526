import { InvalidArgumentError } from 'commander';

/** Parses a command-line option that is a whole number of at least `least`; anything else ends with one line that says so. */
export function integerOption(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!Number.isSafeInteger(value) || value < least) {
      throw new InvalidArgumentError(`Expected a whole number from ${least}.`);
    }
    return value;
  };
}
