import { compileKernel, kernelModule } from '@evenlight/models/kernel/compile-kernel.ts';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

it('the row kernel that is checked in is what its sources compile to, byte for byte', () => {
  const checkedIn = readFileSync(new URL('../../models/kernel/row-kernel-wasm.ts', import.meta.url), 'utf8');
  expect(kernelModule(compileKernel()) === checkedIn, 'run npm run kernel:build').toBe(true);
});
