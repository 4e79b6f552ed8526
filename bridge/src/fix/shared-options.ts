import { MAX_EV_BIAS, MAX_STRENGTH, type RestorationWish } from '@evenlight/models';
import { DEFAULT_BRIDGE_PORT } from '@evenlight/protocol';
import { RUNTIME_CHOICES } from '@evenlight/runtime';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { PHOTO_FORMATS } from '../codec/photo.ts';
import { wholeNumber } from '../command-line.ts';
import { RESTORATION_FORMS, restorationFrom } from './restoration-text.ts';

/* Options that several commands have, each with its text: commander's `.option(...OUT)`. */

export const OUT = [
  '--out <folder>',
  'folder for the results, which keep their names (default: beside each original, as name-fixed.ext)',
] as const;
export const RECURSIVE = ['--recursive', 'include subfolders'] as const;
export const OVERWRITE = ['--overwrite', 'replace results of earlier runs; originals are never overwritten'] as const;
export const KEEP_DATES = ['--keep-dates', "give results their originals' dates"] as const;
export const JSON_LINES = ['--json', 'one line of JSON for each photograph, then a summary'] as const;

const MOST_JOBS = 64;
export const JOBS = [
  '--jobs <count>',
  'how many photographs to fix at once (default: depends on cores and free memory)',
  wholeNumber(1, MOST_JOBS),
] as const;

/** What is written for a photograph: a photograph, or its correction for other programs. */
export const RESULT_KINDS = ['photo', 'cube', 'xmp'] as const;
export type ResultKind = (typeof RESULT_KINDS)[number];

/** What commands take that write results. */
export function withResultOptions(command: Command): Command {
  return command
    .option(...KEEP_DATES)
    .option('--upright', 'turn the pixels upright when the format changes')
    .addOption(option('--format <format>', 'format of the results', ['keep', ...PHOTO_FORMATS], 'keep'))
    .addOption(
      option(
        '--as <kind>',
        'what to write: the photograph, or only its correction, as a .cube table or Camera Raw settings',
        RESULT_KINDS,
        'photo',
      ),
    );
}

/** What every command takes that corrects photographs. */
export function withCorrectionOptions(command: Command): Command {
  return command
    .option(
      '--strength <percent>',
      `how much of the correction to apply, 0 to ${100 * MAX_STRENGTH}`,
      numberBetween(0, 100 * MAX_STRENGTH),
      100,
    )
    .option(
      '--ev <stops>',
      `make results lighter or darker, in EV: -${MAX_EV_BIAS} to ${MAX_EV_BIAS}`,
      numberBetween(-MAX_EV_BIAS, MAX_EV_BIAS),
      0,
    )
    .option(
      '--restore <amount>',
      'clean noise that the correction makes visible: off, auto (where it would be seen), percent, or two: luminance,color',
      restoration,
    )
    .option('--model <name>', 'which model to use (default: exposure)')
    .option('--bridge <url>', `use a bridge, for example ws://127.0.0.1:${DEFAULT_BRIDGE_PORT}`)
    .option(
      '--bridge-wait <seconds>',
      'how long to wait for a bridge that cannot be reached (default: 120)',
      numberBetween(0, 86_400),
    )
    .option('--token-file <file>', "file with the bridge's token (or set EVENLIGHT_TOKEN)")
    .addOption(option('--runtime <runtime>', 'what runs the network', RUNTIME_CHOICES, 'auto'))
    .addOption(new Option('--models <folder>').hideHelp());
}

function restoration(text: string): RestorationWish {
  const wish = restorationFrom(text);
  if (wish === undefined) throw new InvalidArgumentError(`It must be ${RESTORATION_FORMS}.`);
  return wish;
}

function option(flags: string, description: string, choices: readonly string[], preset: string): Option {
  return new Option(flags, description).choices(choices).default(preset);
}

function numberBetween(lowest: number, highest: number): (text: string) => number {
  return (text) => {
    // A minus sign copied from a text.
    const value = Number(text.trim().replace('−', '-').replace(/%$/, ''));
    if (text.trim() !== '' && value >= lowest && value <= highest) return value;
    throw new InvalidArgumentError(`It must be a number from ${lowest} to ${highest}.`);
  };
}
