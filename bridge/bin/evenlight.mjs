#!/usr/bin/env node
// The commands are compiled from their sources when these have changed (see compile.mjs); what cannot be compiled runs through tsx.
import { runCompiled } from '../runtime/src/workers/run-compiled.cjs';
import { compiledFolder } from './compile.mjs';

const COMMANDS = {
  fix: 'fixes the exposure of photographs',
  edit: 'fixes files in place: the external editor of other programs',
  watch: 'fixes what arrives in a folder',
  batch: 'puts a folder into a queue that many computers work on, and says how far they are',
  worker: 'fixes photographs of that queue',
  bridge: 'runs the bridge that Photoshop and other computers talk to',
  setup: 'installs native TensorFlow',
  token: "makes, lists and revokes the tokens of a bridge's users",
  install: 'adds fixing to darktable, RawTherapee and file managers',
  uninstall: 'takes that back',
  doctor: 'checks what works here and what does not',
};

const [command, ...args] = process.argv.slice(2);

if (command !== undefined && Object.hasOwn(COMMANDS, command)) {
  const { run } = await load(`bridge/src/cli/${command}.ts`);
  await run(args);
} else if (command === '--version' || command === '-V') {
  const { SOFTWARE_VERSION } = await load('bridge/src/software-version.ts');
  process.stdout.write(`${SOFTWARE_VERSION}\n`);
} else {
  const lines = Object.entries(COMMANDS).map(([name, what]) => `  evenlight ${name.padEnd(11)}${what}`);
  const isHelp = command === '--help' || command === '-h' || command === 'help';
  const intro = isHelp || command === undefined ? '' : `error: there is no command "${command}"\n`;
  (isHelp ? process.stdout : process.stderr).write(`${intro}Usage:\n${lines.join('\n')}\n`);
  process.exitCode = isHelp ? 0 : 2;
}

async function load(source) {
  const folder = await compiledFolder();
  if (folder !== undefined) return runCompiled({ folder, source });
  const { register } = await import('tsx/esm/api');
  register();
  return import(new URL(`../../${source}`, import.meta.url).href);
}
