import { tensorflowEnvironment } from '@evenlight/runtime/src/native/tensorflow-environment.ts';
import { expect, it } from 'vitest';

const installation = { bindingPath: '/cache/binding-1/tfjs_binding.node', libraryFolder: '/cache/lib' };

it('puts the CUDA libraries on the path of the dynamic linker', () => {
  const environment = tensorflowEnvironment({ ...installation, hasGpuLibraries: true });
  expect(environment['LD_LIBRARY_PATH']).toMatch(/^\/cache\/lib(:|$)/);
});

it('leaves the path of the dynamic linker alone on the CPU', () => {
  expect(tensorflowEnvironment({ ...installation, hasGpuLibraries: false })).not.toHaveProperty('LD_LIBRARY_PATH');
});

it('lets TensorFlow take the memory of a GPU as it needs it, and log errors only', () => {
  expect(tensorflowEnvironment()).toMatchObject({ TF_FORCE_GPU_ALLOW_GROWTH: 'true', TF_CPP_MIN_LOG_LEVEL: '2' });
});
