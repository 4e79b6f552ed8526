import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { findChromium } from './chromium.ts';
import { PreparationError } from './preparation-error.ts';

/** A program that the tests need beside npm's packages. */
export interface SystemPackage {
  readonly debianName: string;
  readonly purpose: string;
  /** What to do where there is no apt-get. */
  readonly elsewhere: string;
  isPresent(): boolean;
}

const SYSTEM_PACKAGES: readonly SystemPackage[] = [
  {
    debianName: 'chromium',
    purpose: 'the tests of the panel in a browser',
    elsewhere: 'Chromium or Chrome (or set EVENLIGHT_CHROMIUM to its path)',
    isPresent: () => findChromium() !== undefined,
  },
  {
    debianName: 'g++',
    purpose: "compiling TensorFlow's binding",
    elsewhere: 'a C++ compiler (macOS: xcode-select --install)',
    isPresent: () => ['g++', 'c++', 'clang++'].some((compiler) => runs(compiler, ['--version'])),
  },
  {
    debianName: 'python3-pip',
    purpose: "downloading TensorFlow's library",
    elsewhere: 'Python with pip (https://pip.pypa.io/en/stable/installation/)',
    isPresent: () => runs('python3', ['-m', 'pip', '--version']) || runs('pip3', ['--version']),
  },
  {
    debianName: 'libraw-bin',
    purpose: 'developing camera raw files',
    elsewhere: "LibRaw's dcraw_emu (macOS: brew install libraw)",
    isPresent: () => isInstalled('dcraw_emu'),
  },
  {
    debianName: 'libtiff-tools',
    purpose: 'comparing our TIFF reader with libtiff',
    elsewhere: 'the tools of libtiff (macOS: brew install libtiff)',
    isPresent: () => isInstalled('tiffcp'),
  },
  {
    debianName: 'libimage-exiftool-perl',
    purpose: 'looking for lost metadata',
    elsewhere: 'ExifTool (exiftool.org)',
    isPresent: () => isInstalled('exiftool'),
  },
  {
    debianName: 'imagemagick',
    purpose: 'making and reading Photoshop documents',
    elsewhere: 'ImageMagick (macOS: brew install imagemagick)',
    isPresent: () => isInstalled('identify'),
  },
  {
    debianName: 'libheif-examples',
    purpose: 'making HEIC files',
    elsewhere: 'the tools of libheif (macOS: brew install libheif)',
    isPresent: () => isInstalled('heif-enc'),
  },
  {
    debianName: 'libjxl-tools',
    purpose: 'making JPEG XL files',
    elsewhere: 'the tools of libjxl (macOS: brew install jpeg-xl)',
    isPresent: () => isInstalled('cjxl'),
  },
];

const APT_ATTEMPTS = 3;

/**
 * Installs what is missing where that is ours to do: as root on Debian and its relatives.
 * @throws PreparationError naming the command, everywhere else and when the installation fails.
 */
export function putSystemPackagesInPlace(): void {
  const missing = SYSTEM_PACKAGES.filter((one) => !one.isPresent());
  if (missing.length === 0) return;
  const hasApt = existsSync('/etc/debian_version') && runs('apt-get', ['--version']);
  if (!hasApt || process.getuid?.() !== 0) throw new PreparationError(howToInstall(missing, hasApt));

  const names = missing.map((one) => one.debianName);
  console.log(`Installing ${names.join(', ')} (needed for ${missing.map((one) => one.purpose).join(', ')})`);
  aptGet(['update', '-qq']);
  aptGet(['install', '-y', '-qq', '--no-install-recommends', ...names]);
  const stillMissing = missing.filter((one) => !one.isPresent());
  if (stillMissing.length > 0) throw new PreparationError(howToInstall(stillMissing, false));
}

/** The message for whoever has to install something by hand. */
export function howToInstall(missing: readonly SystemPackage[], hasApt: boolean): string {
  const reasons = missing.map((one) => `${one.debianName} is needed for ${one.purpose}`).join('; ');
  const command = hasApt
    ? `sudo apt-get update && sudo apt-get install -y ${missing.map((one) => one.debianName).join(' ')}`
    : missing.map((one) => one.elsewhere).join(', ');
  return `${reasons}. ${hasApt ? 'Run' : 'Install'}:\n\n  ${command}\n`;
}

function aptGet(args: readonly string[]): void {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  for (let attempt = 1; ; attempt++) {
    const { status } = spawnSync('apt-get', ['-o', 'Acquire::Retries=3', ...args], {
      env,
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    if (status === 0) return;
    if (attempt === APT_ATTEMPTS) {
      throw new PreparationError(`apt-get failed ${APT_ATTEMPTS} times. Run:\n\n  apt-get ${args.join(' ')}\n`);
    }
    console.log(`apt-get ${args[0] ?? ''} failed, trying again (${attempt + 1} of ${APT_ATTEMPTS})`);
  }
}

function runs(command: string, args: readonly string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}

/** Whether a program can be started, however it ends. */
function isInstalled(command: string): boolean {
  return spawnSync(command, ['--version'], { stdio: 'ignore' }).error === undefined;
}
