import { join } from 'node:path';
import { PHOTO_MEDIA_TYPES } from '../codec/photo.ts';
import type { FileEdit } from './file-edit.ts';
import type { InstallPlace } from './install-place.ts';

/* An entry for "Open with" (freedesktop.org, Desktop Entry Specification 1.5). */

const MARK = 'X-Evenlight=true';

export function desktopEdits({ shareFolder, editCommand }: InstallPlace): readonly FileEdit[] {
  const entry = [
    '[Desktop Entry]',
    'Type=Application',
    'Version=1.5',
    'Name=Fix exposure (Evenlight)',
    'Comment=Replaces photographs by themselves, well exposed',
    `Exec=${editCommand.map(execWord).join(' ')} %F`,
    `MimeType=${Object.values(PHOTO_MEDIA_TYPES)
      .map((type) => `${type};`)
      .join('')}`,
    'Terminal=false',
    'NoDisplay=true',
    MARK,
    '',
  ].join('\n');
  return [
    {
      path: join(shareFolder, 'applications', 'evenlight.desktop'),
      installed: () => entry,
      removed: (text) => (text?.includes(MARK) === true ? undefined : text),
    },
  ];
}

/** An argument of Exec: quoted where it has reserved characters, which are escaped once for quoting and once for the file. */
function execWord(text: string): string {
  const word = text.replaceAll('%', '%%');
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `"${word.replaceAll(/["`$\\]/g, String.raw`\\$&`)}"`;
}
