import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { cleanWithDarktable, darktableSidecar } from '@evenlight/trainer/src/evaluation/restoration/darktable.ts';
import { outsideCleaners } from '@evenlight/trainer/src/evaluation/restoration/outside-cleaners.ts';
import { expect, it, onTestFinished } from 'vitest';

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'evenlight-test-darktable-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

it('asks darktable for one module, with its four parameters as little-endian float32', () => {
  // Patch radius 1, strength 70, luminance 0.65, colour 1.
  expect(darktableSidecar(70)).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about=""
    xmlns:darktable="http://darktable.sf.net/"
   darktable:xmp_version="5"
   darktable:raw_params="0"
   darktable:auto_presets_applied="1"
   darktable:history_end="1">
   <darktable:history>
    <rdf:Seq>
     <rdf:li
      darktable:num="0"
      darktable:operation="nlmeans"
      darktable:enabled="1"
      darktable:modversion="2"
      darktable:params="0000803f00008c426666263f0000803f"
      darktable:multi_name=""
      darktable:multi_priority="0"/>
    </rdf:Seq>
   </darktable:history>
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
`);
});

it('gives one process all files, and removes the sidecar afterwards', async () => {
  const folder = await temporaryFolder();
  const program = path.join(folder, 'darktable-cli');
  await writeFile(program, `#!/bin/sh\nprintf '%s\\n' "$@" > '${folder}/arguments'\ncp "$5" '${folder}/sidecar'\n`);
  await chmod(program, 0o755);
  await cleanWithDarktable(program, ['a.png', 'b.png'], 'out', 25);
  const [, first, , second, sidecar, ...others] = (await readFile(path.join(folder, 'arguments'), 'utf8')).split('\n');
  expect([first, second]).toEqual(['a.png', 'b.png']);
  expect(others.slice(0, 5)).toEqual(['out', '--out-ext', 'png', '--icc-type', 'SRGB']);
  expect(await readFile(path.join(folder, 'sidecar'), 'utf8')).toBe(darktableSidecar(25));
  await expect(readdir(path.dirname(sidecar!))).rejects.toThrow('ENOENT');
});

it('leaves out the programs that are not there', async () => {
  const folder = await temporaryFolder();
  const darktable = path.join(folder, 'darktable-cli');
  const absent = path.join(folder, 'absent');
  expect(await outsideCleaners({ python: absent, gmic: absent, darktable: absent })).toEqual([]);
  await writeFile(darktable, '#!/bin/sh\n');
  await chmod(darktable, 0o755);
  const there = await outsideCleaners({ python: absent, gmic: absent, darktable });
  expect(there.map(({ name }) => name)).toEqual(['astrophoto denoise (darktable)']);
});
