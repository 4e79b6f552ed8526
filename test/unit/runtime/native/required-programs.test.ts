import { describeMissing, MISSING } from '@evenlight/runtime/src/native/required-programs.ts';
import { expect, it } from 'vitest';

it.each([
  ['debian', true, 'run: apt-get update && apt-get install -y python3-pip g++'],
  ['debian', false, 'run: sudo apt-get update && sudo apt-get install -y python3-pip g++'],
  ['fedora', false, 'run: sudo dnf install -y python3-pip gcc-c++'],
  ['mac', false, 'run: python3 -m ensurepip && xcode-select --install'],
  ['other', false, 'install pip of any Python 3 and g++ or clang++'],
] as const)('names the command that installs what is missing on %s (root: %s)', (kind, isRoot, advice) => {
  expect(describeMissing([MISSING.pip, MISSING.compiler], { kind, isRoot })).toBe(
    `set-up needs pip (to download the library) and a C++ compiler (for the binding); ${advice}`,
  );
});
