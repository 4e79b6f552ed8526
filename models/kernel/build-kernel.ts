/** Compiles the row kernel and writes it where the bundles find it: `npm run kernel:build`. */
import { writeFileSync } from 'node:fs';
import { compileKernel, kernelModule } from './compile-kernel.ts';

const target = new URL('./row-kernel-wasm.ts', import.meta.url);
const wasm = compileKernel();
writeFileSync(target, kernelModule(wasm));
console.log(`row-kernel-wasm.ts holds ${wasm.length} bytes of WebAssembly`);
