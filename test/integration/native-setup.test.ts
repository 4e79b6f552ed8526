import { mkdir, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RuntimeError } from '@evenlight/runtime';
import { setUpNative } from '@evenlight/runtime/src/native/set-up-native.ts';
import { makeSetupPlace, type SetupPlace } from '@evenlight/test/fixtures/setup-programs.ts';
import { describe, expect, it } from 'vitest';

const LIBRARY = 'tensorflow-2.21.0-linux-x64-cpu';

describe('setUpNative', () => {
  it('downloads, unpacks, compiles and links, and keeps only what is needed', async () => {
    const place = await makeSetupPlace();
    expect(await setUpNative(place.options)).toEqual({ version: '2.21.0', device: 'cpu' });
    expect(place.lines.map((line) => line.split(' ')[0])).toEqual(['Downloading', 'Unpacking', 'Compiling', 'Linking']);
    const files = await filesIn(place.cacheFolder);
    expect(files.map((file) => file.replace(/binding-[0-9a-f]{16}/, 'binding-KEY'))).toEqual([
      `${LIBRARY}/binding-KEY/tfjs_binding.node`,
      `${LIBRARY}/include/tensorflow/c/c_api.h`,
      `${LIBRARY}/include/tsl/platform/ctstring.h`,
      `${LIBRARY}/lib/libtensorflow_cc.so.2`,
      `${LIBRARY}/lib/libtensorflow_framework.so.2`,
      `${LIBRARY}/library.json`,
    ]);
    expect(await readlink(place.linkPath)).toBe(join(place.cacheFolder, files[0] ?? ''));
    const command = await readFile(place.linkPath, 'utf8');
    expect(command).toContain('-Wl,-rpath,$ORIGIN/../lib');
    expect(command).toContain(join(place.cacheFolder, LIBRARY, 'lib', 'libtensorflow_cc.so.2'));
  });

  it('needs neither pip nor a compiler when everything is there', async () => {
    const place = await makeSetupPlace();
    await setUpNative(place.options);
    await place.removeProgram('python3');
    await place.removeProgram('g++');
    place.lines.length = 0;
    await setUpNative(place.options);
    expect(place.lines).toEqual([]);
  });

  it('only links after the packages were installed anew', async () => {
    const place = await makeSetupPlace();
    await setUpNative(place.options);
    await place.reinstallPackage();
    place.lines.length = 0;
    await setUpNative(place.options);
    expect(place.lines).toEqual([`Linking it into ${place.options.packageFolder}`]);
    expect(await place.countDownloads()).toBe(1);
  });

  it('replaces a binding that was put there by other means', async () => {
    const place = await makeSetupPlace();
    await mkdir(join(place.linkPath, '..'), { recursive: true });
    await writeFile(place.linkPath, 'compiled elsewhere');
    await setUpNative(place.options);
    expect(await readlink(place.linkPath)).toContain(LIBRARY);
  });

  it('goes on after the compiler failed, without a second download', async () => {
    const place = await makeSetupPlace();
    await place.addProgram(
      'c++',
      '[ "$1" = --version ] && exit 0\necho "a.cc:1:2: fatal error: no such file" >&2\nexit 1',
    );
    const { environment } = place.options;
    const broken = setUpNative({ ...place.options, environment: { ...environment, CXX: 'c++' } });
    await expect(broken).rejects.toMatchObject({
      code: 'SETUP_FAILED',
      message: 'the binding could not be compiled with c++: a.cc:1:2: fatal error: no such file',
    });
    await setUpNative(place.options);
    expect(await place.countDownloads()).toBe(1);
  });

  it('takes the wheel that an interrupted run has downloaded, and not a half one', async () => {
    const place = await makeSetupPlace();
    const downloads = join(place.cacheFolder, `${LIBRARY}.part`, 'downloads', 'tensorflow-cpu');
    await mkdir(downloads, { recursive: true });
    await writeFile(join(downloads, 'tiny.whl'), 'half a wheel');
    await setUpNative(place.options);
    expect(await place.countDownloads()).toBe(1);

    const other = await makeSetupPlace();
    await other.addProgram('python3', '[ "$3" = --version ] && exit 0\nexit 1');
    const otherDownloads = join(other.cacheFolder, `${LIBRARY}.part`, 'downloads', 'tensorflow-cpu');
    await mkdir(otherDownloads, { recursive: true });
    await writeFile(join(otherDownloads, 'tiny.whl'), await readFile(join(other.cacheFolder, '..', 'tiny.whl')));
    await setUpNative(other.options);
    expect(other.lines[0]).toBe('tensorflow-cpu==2.21.0 has been downloaded before');
    expect(await filesIn(other.cacheFolder)).not.toContainEqual(expect.stringContaining('.whl'));
  });

  it('unpacks again what was damaged', async () => {
    const place = await makeSetupPlace();
    await setUpNative(place.options);
    await writeFile(join(place.cacheFolder, LIBRARY, 'lib', 'libtensorflow_cc.so.2'), 'cut');
    await setUpNative(place.options);
    expect(await place.countDownloads()).toBe(2);
  });

  it('refuses a wheel of another SHA-256 and removes it', async () => {
    const place = await makeSetupPlace();
    const wheel = { ...place.options.wheel, sha256: 'a'.repeat(64) };
    await expect(setUpNative({ ...place.options, wheel })).rejects.toMatchObject({
      code: 'SETUP_CHECKSUM',
      message: `tiny.whl has SHA-256 ${place.options.wheel.sha256 ?? ''}, the known one is ${'a'.repeat(64)}; it was removed`,
    });
    expect(await filesIn(place.cacheFolder)).toEqual([]);
  });

  it('takes a wheel without a pinned SHA-256 only when told to', async () => {
    const place = await makeSetupPlace();
    const options = { ...place.options, wheel: { ...place.options.wheel, sha256: undefined } };
    await expect(setUpNative(options)).rejects.toMatchObject({
      code: 'SETUP_CHECKSUM',
      message: expect.stringContaining('--trust-unpinned') as string,
    });
    expect(await place.countDownloads()).toBe(0);
    await setUpNative({ ...options, trustUnpinned: true });
  });

  it.each([
    ['python3', /^set-up needs pip \(to download the library\); /],
    ['g++', /^set-up needs a C\+\+ compiler \(for the binding\); /],
  ])('says that %s is missing before it downloads anything', async (program, message) => {
    const place = await makeSetupPlace();
    await place.removeProgram(program);
    await expect(setUpNative(place.options)).rejects.toMatchObject({
      code: 'SETUP_MISSING',
      message: expect.stringMatching(message) as string,
    });
    expect(await place.countDownloads()).toBe(0);
  });

  it('says how much room it needs when the disk is too full', async () => {
    const place = await makeSetupPlace();
    const freeBytes = () => Promise.resolve(500e6);
    await expect(setUpNative({ ...place.options, freeBytes })).rejects.toMatchObject({
      code: 'SETUP_SPACE',
      message: expect.stringMatching(/^set-up needs 0\.90 GB free, it has 0\.50 GB in .*EVENLIGHT_CACHE/) as string,
    });
  });

  it.each([
    [
      "WARNING: Retrying after connection broken by 'NewConnectionError(...)'\nERROR: No matching distribution found",
      'the package index could not be reached: ERROR: No matching distribution found',
    ],
    [
      'ERROR: No matching distribution found',
      'the package index has no such wheel, or could not be reached: ERROR: No matching distribution found',
    ],
    ['ERROR: Invalid requirement', 'pip failed: ERROR: Invalid requirement'],
  ])('passes on why pip failed', async (stderr, reason) => {
    const place = await makeSetupPlace();
    await place.addProgram('python3', `[ "$3" = --version ] && exit 0\nprintf '%s\\n' "${stderr}" >&2\nexit 1`);
    await expect(setUpNative(place.options)).rejects.toMatchObject({
      code: 'SETUP_NETWORK',
      message: `tensorflow-cpu==2.21.0 could not be downloaded: ${reason}`,
    });
  });

  it('refuses a wheel without the library', async () => {
    const place = await makeSetupPlace({ 'tensorflow/libtensorflow_cc.so.2': 'the library' });
    await expect(setUpNative(place.options)).rejects.toMatchObject({
      code: 'SETUP_FAILED',
      message: 'the wheel has no tensorflow/libtensorflow_framework.so.2',
    });
  });

  it.each(['a-file/cache', 'a-file'])('names the setting when the cache folder %s cannot be made', async (path) => {
    const place = await makeSetupPlace();
    const file = join(place.cacheFolder, '..', 'a-file');
    await writeFile(file, '');
    const cacheFolder = join(file, '..', path);
    await expect(setUpNative({ ...place.options, cacheFolder })).rejects.toMatchObject({
      code: 'SETUP_FAILED',
      message: expect.stringMatching(/cannot be written: .*EVENLIGHT_CACHE/) as string,
    });
  });

  it('takes a binding away that does not run, so that WebAssembly is used', async () => {
    const place = await makeSetupPlace();
    const tryBinding = () => Promise.reject(new RuntimeError('SETUP_FAILED', 'illegal instruction'));
    await expect(setUpNative({ ...place.options, tryBinding })).rejects.toThrow('illegal instruction');
    await expect(readlink(place.linkPath)).rejects.toMatchObject({ code: 'ENOENT' });
    await setUpNative(place.options);
    expect(await place.countDownloads()).toBe(1);
  });

  it('keeps out of a folder in which another set-up is at work, until that one is gone', async () => {
    const place = await makeSetupPlace();
    await mkdir(place.cacheFolder);
    await writeFile(join(place.cacheFolder, 'setup.lock'), String(process.ppid));
    await expect(setUpNative(place.options)).rejects.toMatchObject({
      code: 'SETUP_FAILED',
      message: expect.stringContaining(`another set-up (process ${process.ppid}) is at work`) as string,
    });
    // No process has this number: the largest one on Linux is 2^22.
    await writeFile(join(place.cacheFolder, 'setup.lock'), '4194305');
    await setUpNative(place.options);
    await expect(rm(join(place.cacheFolder, 'setup.lock'))).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

/** Relative paths of all files, sorted. */
async function filesIn(folder: SetupPlace['cacheFolder']): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}
