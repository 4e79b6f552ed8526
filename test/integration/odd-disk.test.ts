import { execFileSync } from 'node:child_process';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { constants } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { madePicture, temporaryFolder, writePicture } from '../fixtures/photo-files.ts';
import { runEvenlight } from '../fixtures/run-evenlight.ts';
import { makeTinyModels, type TinyModels } from '../fixtures/tiny-model.ts';

/** Stands in front of the C library: links cannot be made, and flushing a folder (or anything) fails as a share's does. */
const ODD_DISK = `
#include <cerrno>
#include <cstdlib>
#include <dlfcn.h>
#include <sys/stat.h>
static int oddAnswer() { errno = atoi(getenv("ODD_DISK_ERRNO")); return -1; }
extern "C" int link(const char*, const char*) noexcept { errno = EPERM; return -1; }
extern "C" int fsync(int file) {
  struct stat facts;
  if (getenv("ODD_DISK_FILES") || (fstat(file, &facts) == 0 && S_ISDIR(facts.st_mode))) return oddAnswer();
  return reinterpret_cast<int (*)(int)>(dlsym(RTLD_NEXT, "fsync"))(file);
}`;

describe.runIf(process.platform === 'linux')('evenlight fix on a disk without links and flushing', () => {
  let models: TinyModels;
  beforeAll(async () => {
    models = await makeTinyModels();
  });
  afterAll(() => rm(models.modelsFolder, { recursive: true, force: true }));

  /** A folder with a photograph, and how to fix it there with the odd disk. */
  async function onOddDisk(code: keyof typeof constants.errno, files: Readonly<Record<string, string>>) {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'odd.cc'), ODD_DISK);
    execFileSync('g++', ['-shared', '-fPIC', '-o', join(folder, 'odd.so'), join(folder, 'odd.cc'), '-ldl']);
    await writePicture(join(folder, 'a.png'), madePicture(20, 20, 3), 'png');
    const env = { LD_PRELOAD: join(folder, 'odd.so'), ODD_DISK_ERRNO: String(constants.errno[code]), ...files };
    const args = ['fix', 'a.png', '--out', 'out', '--strength', '0', '--json', '--models', models.modelsFolder];
    return { folder, fix: () => runEvenlight(args, { cwd: folder, env }) };
  }

  it.each([
    ['folders', 'EIO', {}],
    ['folders', 'EPERM', {}],
    ['folders', 'EBADF', {}],
    ['folders and files', 'ENOSYS', { ODD_DISK_FILES: '1' }],
  ] as const)('writes results where flushing %s answers %s, and overwrites nothing', async (_what, code, files) => {
    const { folder, fix } = await onOddDisk(code, files);
    const run = await fix();
    expect(run.stderr).toBe('');
    expect(run.lines.at(-1)).toMatchObject({ unchanged: 1, failed: 0 });
    expect(await readdir(join(folder, 'out'))).toEqual(['a.png']);
    expect((await fix()).errors).toEqual([expect.stringMatching(/a\.png is there already/)]);
  });

  it('reports a file that the disk did not take', async () => {
    const { folder, fix } = await onOddDisk('EIO', { ODD_DISK_FILES: '1' });
    const run = await fix();
    expect(run.lines[0]).toMatchObject({ status: 'failed', error: { code: 'WRITE_FAILED' } });
    expect(await readdir(join(folder, 'out'))).toEqual([]);
  });
});
