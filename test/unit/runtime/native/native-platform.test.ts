import { findNativePlatform } from '@evenlight/runtime/src/native/native-platform.ts';
import { findWheel } from '@evenlight/runtime/src/native/tensorflow-release.ts';
import { describe, expect, it } from 'vitest';

describe('findNativePlatform', () => {
  it.each([
    ['linux', 'x64', 'linux-x64'],
    ['linux', 'arm64', 'linux-arm64'],
    ['darwin', 'arm64', 'darwin-arm64'],
  ] as const)('has a wheel for %s %s', (platform, arch, expected) => {
    expect(findNativePlatform({ platform, arch, hasGlibc: platform === 'linux' })).toBe(expected);
    expect(findWheel(expected, 'cpu')?.libraries).toHaveLength(2);
  });

  it.each([
    ['win32', 'x64', false, 'there is no set-up of native TensorFlow for win32-x64'],
    ['darwin', 'x64', false, 'there is no set-up of native TensorFlow for darwin-x64'],
    ['linux', 'x64', false, 'this Linux has no glibc, which TensorFlow needs'],
  ])('says why there is none for %s %s (glibc: %s)', (platform, arch, hasGlibc, reason) => {
    expect(findNativePlatform({ platform, arch, hasGlibc })).toEqual({ reason });
  });

  it('has a CUDA build for Linux x64 alone', () => {
    expect(findWheel('linux-x64', 'gpu')?.requirement).toBe('tensorflow==2.21.0');
    expect(findWheel('linux-arm64', 'gpu')).toBeUndefined();
    expect(findWheel('darwin-arm64', 'gpu')).toBeUndefined();
  });
});
