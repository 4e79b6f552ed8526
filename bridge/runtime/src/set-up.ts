/* The second entry point of this package, for `npm run setup`: installs native TensorFlow. */
export { cacheFolder } from './native/cache-folder.ts';
export { findNativePackage, NATIVE_PACKAGE } from './native/native-package.ts';
export { findNativePlatform, thisSystem } from './native/native-platform.ts';
export { setUpNative } from './native/set-up-native.ts';
export { findWheel, TENSORFLOW_VERSION } from './native/tensorflow-release.ts';
export { tryBinding } from './native/try-binding.ts';
