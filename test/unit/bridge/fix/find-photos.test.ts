import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rename, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { shownPath, systemPath } from '@evenlight/runtime/src/files/path-bytes.ts';
import { endingsOf, findPhotos, type FindOptions } from '@evenlight/bridge/src/fix/find-photos.ts';
import { describe, expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from '../../../fixtures/photo-files.ts';

async function folderWith(...names: string[]): Promise<string> {
  const folder = await temporaryFolder();
  for (const name of names) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), 'x');
  }
  return folder;
}

async function found(folder: string, args: readonly string[], options: Partial<FindOptions> = {}) {
  const all = await findPhotos(args, { baseFolder: folder, recursive: false, ...options });
  return all.flatMap(({ photos }) => photos.map(({ path }) => path.slice(folder.length + 1)));
}

describe('findPhotos', () => {
  it('takes files as they are, whatever their ending', async () => {
    const folder = await folderWith('a.jpg', 'notes.txt');
    expect(await found(folder, ['a.jpg', 'notes.txt'])).toEqual(['a.jpg', 'notes.txt']);
  });

  it('finds photographs in a folder, not in hidden files and not below', async () => {
    const folder = await folderWith('in/b.PNG', 'in/a.jpeg', 'in/c.txt', 'in/.hidden.jpg', 'in/below/d.webp');
    expect(await found(folder, ['in'])).toEqual(['in/a.jpeg', 'in/b.PNG']);
    expect(await found(folder, ['in'], { recursive: true })).toEqual(['in/a.jpeg', 'in/b.PNG', 'in/below/d.webp']);
  });

  it("remembers each one's place below the folder", async () => {
    const folder = await folderWith('in/below/d.tif');
    const [first] = await findPhotos(['in'], { baseFolder: folder, recursive: true });
    expect(first?.photos[0]?.relativePath).toBe(join('below', 'd.tif'));
  });

  it('does not look into the folder for results', async () => {
    const folder = await folderWith('in/a.jpg', 'in/out/a.jpg');
    const outFolder = join(folder, 'in/out');
    expect(await found(folder, ['in'], { recursive: true, outFolder })).toEqual(['in/a.jpg']);
    expect(await found(folder, ['in/**/*.jpg'], { outFolder })).toEqual(['in/a.jpg']);
  });

  it('reads patterns, unless a file has that very name', async () => {
    const folder = await folderWith('a.jpg', 'b.jpg', 'c.png', 'd.txt', 'photo[1].jpg', 'photo1.jpg', 'x/e.jpg');
    expect(await found(folder, ['*.jpg'])).toEqual(['a.jpg', 'b.jpg', 'photo1.jpg', 'photo[1].jpg']);
    expect(await found(folder, ['{c,d}.*'])).toEqual(['c.png']);
    expect(await found(folder, ['**/e.*'])).toEqual(['x/e.jpg']);
    expect(await found(folder, ['photo[1].jpg'])).toEqual(['photo[1].jpg']);
  });

  it('finds a photograph once, by whatever names it is called', async () => {
    const folder = await folderWith('in/a.jpg');
    await symlink(join(folder, 'in'), join(folder, 'link'));
    expect(await found(folder, ['in', 'in/a.jpg', './in/../in/a.jpg', '*/a.jpg', 'link'])).toEqual(['in/a.jpg']);
  });

  it('reports what is not there', async () => {
    const folder = await folderWith('empty/notes.txt', 'deep/in/a.jpg');
    const all = await findPhotos(['gone.jpg', 'empty', 'deep', '*.tif'], { baseFolder: folder, recursive: false });
    expect(all.flatMap(({ errors }) => errors.map(({ error }) => [error.code, error.message]))).toEqual([
      ['FILE_NOT_FOUND', 'gone.jpg: no such file or folder'],
      ['FILE_NOT_FOUND', 'empty holds no photographs (1 .txt)'],
      ['FILE_NOT_FOUND', 'deep holds no photographs (--recursive looks into the folders inside it)'],
      ['FILE_NOT_FOUND', '*.tif matches no photographs'],
    ]);
  });

  it('tells of files of other kinds in a folder', async () => {
    const folder = await folderWith('in/a.jpg', 'in/b.MOV', 'in/below/c.mov', 'in/below/d');
    const [all] = await findPhotos(['in'], { baseFolder: folder, recursive: true });
    expect(endingsOf(all?.passedOver ?? [])).toBe('2 .mov, 1 without ending');
  });

  it('places what a pattern matches below the folder that it starts from', async () => {
    const folder = await folderWith('in/x/a.jpg', 'in/y/z/a.jpg');
    const [all] = await findPhotos(['in/**/*.jpg'], { baseFolder: folder, recursive: false });
    expect(all?.photos.map(({ relativePath }) => relativePath)).toEqual([join('x', 'a.jpg'), join('y', 'z', 'a.jpg')]);
  });
});

describe.runIf(process.platform !== 'win32')('findPhotos among odd entries', () => {
  /** The path and the text of every error. */
  async function errorsIn(folder: string, args: readonly string[], recursive = true): Promise<string[]> {
    const all = await findPhotos(args, { baseFolder: folder, recursive });
    return all.flatMap(({ errors }) => errors.map(({ error }) => error.message.replace(`${folder}/`, '')));
  }

  it('follows links to photographs, and reports those that lead nowhere or in a circle', async () => {
    const folder = await folderWith('in/a.jpg', 'other/b.jpg');
    await symlink('../other/b.jpg', join(folder, 'in/b.jpg'));
    await symlink('gone.jpg', join(folder, 'in/broken.jpg'));
    await symlink('two.jpg', join(folder, 'in/one.jpg'));
    await symlink('one.jpg', join(folder, 'in/two.jpg'));
    await symlink('..', join(folder, 'in/up'));
    expect(await found(folder, ['in'], { recursive: true })).toEqual(['in/a.jpg', 'in/b.jpg']);
    expect(await errorsIn(folder, ['in'])).toEqual([
      'in/broken.jpg: no such file or folder',
      'in/one.jpg: its links lead in a circle (ELOOP)',
      'in/two.jpg: its links lead in a circle (ELOOP)',
    ]);
    expect(await errorsIn(folder, ['in/broken.jpg', 'in/one.jpg'])).toEqual([
      'in/broken.jpg: a link that leads nowhere',
      'in/one.jpg: its links lead in a circle (ELOOP)',
    ]);
  });

  it('follows links to folders in a pattern of known depth alone', async () => {
    const folder = await folderWith('in/a.jpg', 'other/b.jpg');
    await symlink(join(folder, 'other'), join(folder, 'in/link'));
    expect(await found(folder, ['in/*/*.jpg'])).toEqual(['in/link/b.jpg']);
    expect(await found(folder, ['in/**/*.jpg'])).toEqual(['in/a.jpg']);
  });

  it('opens neither named pipes nor sockets nor devices', async () => {
    const folder = await folderWith('in/a.jpg');
    execFileSync('mkfifo', [join(folder, 'in/pipe.jpg')]);
    const server = createServer().listen(join(folder, 'in/socket.png'));
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    await symlink('/dev/zero', join(folder, 'in/zero.tif'));
    const expected = [
      'in/pipe.jpg: a named pipe, not a file (a photograph on standard input is named "-")',
      'in/socket.png: a socket, not a file',
      'in/zero.tif: a device, not a file',
    ];
    expect(await found(folder, ['in'])).toEqual(['in/a.jpg']);
    expect(await errorsIn(folder, ['in'])).toEqual(expected);
    expect(await errorsIn(folder, ['in/*'])).toEqual(expected);
    expect(await errorsIn(folder, ['in/pipe.jpg', 'in/socket.png', 'in/zero.tif'])).toEqual(expected);
  });

  it('finds names that are not UTF-8, also through links and patterns', async () => {
    const folder = await folderWith('in/a.jpg');
    const name = Buffer.from('caf\xe9.jpg', 'latin1');
    const below = Buffer.concat([Buffer.from(`${folder}/in/`), Buffer.from('\xfc', 'latin1')]);
    await writeFile(Buffer.concat([Buffer.from(`${folder}/in/`), name]), 'x');
    await mkdir(below);
    await writeFile(Buffer.concat([below, Buffer.from('/b.jpg')]), 'x');
    for (const argument of ['in', 'in/**/*.jpg']) {
      const paths = await found(folder, [argument], { recursive: true });
      expect(paths.map(shownPath), argument).toEqual(['in/a.jpg', 'in/caf\\xE9.jpg', 'in/\\xFC/b.jpg']);
      expect(Buffer.compare(Buffer.from(systemPath(paths[1]!)), Buffer.concat([Buffer.from('in/'), name]))).toBe(0);
    }
  });

  it('finds names that differ in case, or in how their accents are composed', async () => {
    const folder = await folderWith('in/A.JPG', 'in/a.jpg', 'in/\u00e9.jpg', 'in/e\u0301.jpg');
    expect(await found(folder, ['in'])).toHaveLength(4);
  });

  it('reports a folder that cannot be read, and goes on', async () => {
    const folder = await folderWith('in/a.jpg', 'in/z.jpg');
    await makeTooDeepFolder(join(folder, 'in'), 'deep');
    expect(await found(folder, ['in'], { recursive: true })).toEqual(['in/a.jpg', 'in/z.jpg']);
    expect(await errorsIn(folder, ['in'])).toEqual([expect.stringMatching(/^in\/deep.*: the name is too long/)]);
    expect(await errorsIn(folder, ['x'.repeat(300)])).toEqual([expect.stringMatching(/the name is too long/)]);
  });
});

/** Rights do not stop root, but nobody can list a folder whose path is longer than the system takes. */
async function makeTooDeepFolder(parent: string, name: string): Promise<void> {
  onTestFinished(() => void execFileSync('rm', ['-rf', parent]));
  let source = join(parent, 'seed');
  await mkdir(source);
  // Built from the inside: every step moves the folders so far into a new one.
  for (let level = 0; level < 24; level++) {
    const outer = join(parent, level === 23 ? name : `part-${level}`);
    await mkdir(outer);
    await rename(source, join(outer, 'y'.repeat(200)));
    source = outer;
  }
}
