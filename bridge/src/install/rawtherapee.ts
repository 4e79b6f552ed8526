import { join } from 'node:path';
import { BridgeError } from '../errors.ts';
import type { FileEdit } from './file-edit.ts';
import { type InstallPlace, shellWord } from './install-place.ts';

/*
 * RawTherapee (5.9 and older) has one external editor of the user's own, in the group "External Editor" of its options: EditorKind 3
 * with CustomEditor. It must not run meanwhile: it writes its options when it ends.
 */

const GROUP = '[External Editor]';
const CUSTOM_KIND = '3';
const PRESET_KIND = '1';
const PREVIOUS = 'EvenlightPreviousKind';

export function rawTherapeeEdits({ configFolder, editCommand }: InstallPlace): readonly FileEdit[] {
  const command = editCommand.map(shellWord).join(' ');
  return [
    {
      path: join(configFolder, 'RawTherapee', 'options'),
      installed: (text = '') => install(text, command),
      removed: (text) => text && remove(text, command),
    },
  ];
}

function install(text: string, command: string): string {
  const group = groupIn(text);
  const current = valueOf(group, 'CustomEditor');
  if (current === command && valueOf(group, 'EditorKind') === CUSTOM_KIND) return text;
  if (valueOf(group, 'Commands') !== undefined) {
    const what = `this version of RawTherapee keeps a list of editors: add this command in its preferences: ${command}`;
    throw new BridgeError('BAD_INPUT', what);
  }
  if (current !== undefined && current !== '' && !/evenlight/.test(current)) {
    throw new BridgeError('BAD_INPUT', `RawTherapee has an editor of your own, which would be lost: ${current}`);
  }
  const kind = valueOf(group, PREVIOUS) ?? valueOf(group, 'EditorKind') ?? PRESET_KIND;
  return withValues(text, { EditorKind: CUSTOM_KIND, CustomEditor: command, [PREVIOUS]: kind });
}

function remove(text: string, command: string): string {
  const group = groupIn(text);
  if (valueOf(group, 'CustomEditor') !== command) return text;
  const kind = valueOf(group, PREVIOUS) ?? PRESET_KIND;
  return withValues(text, { EditorKind: kind, CustomEditor: '', [PREVIOUS]: undefined });
}

/** The lines of the group, without its name. */
function groupIn(text: string): string {
  const start = text.indexOf(GROUP);
  if (start === -1) return '';
  const end = text.indexOf('\n[', start);
  return text.slice(start + GROUP.length, end === -1 ? undefined : end);
}

function valueOf(group: string, key: string): string | undefined {
  return new RegExp(`^${key}=(.*)$`, 'm').exec(group)?.[1];
}

function withValues(text: string, values: Readonly<Record<string, string | undefined>>): string {
  const group = groupIn(text);
  const others = group.split('\n').filter((line) => line !== '' && !Object.hasOwn(values, line.replace(/=.*/, '')));
  const own = Object.entries(values).flatMap(([key, value]) => (value === undefined ? [] : [`${key}=${value}`]));
  const next = `\n${[...own, ...others].join('\n')}\n`;
  if (text.includes(GROUP)) return text.replace(`${GROUP}${group}`, () => `${GROUP}${next}`);
  return `${text === '' || text.endsWith('\n') ? text : `${text}\n`}${text === '' ? '' : '\n'}${GROUP}${next}`;
}
