#!/usr/bin/env node
// The commands run from their TypeScript sources: tsx is told to load them, then the command's own file takes over.
import { register } from 'tsx/esm/api';

const COMMANDS = {
  fix: 'fixes the exposure of photographs',
  bridge: 'runs the bridge that Photoshop and other computers talk to',
  setup: 'puts native TensorFlow in place',
  doctor: 'says what runs here and what does not',
};

const [command, ...args] = process.argv.slice(2);

if (command !== undefined && Object.hasOwn(COMMANDS, command)) {
  process.argv = [...process.argv.slice(0, 2), ...args];
  register();
  await import(new URL(`../src/cli/${command}.ts`, import.meta.url).href);
} else if (command === '--version' || command === '-V') {
  register();
  const { SOFTWARE_VERSION } = await import(new URL('../src/software-version.ts', import.meta.url).href);
  process.stdout.write(`${SOFTWARE_VERSION}\n`);
} else {
  const lines = Object.entries(COMMANDS).map(([name, what]) => `  evenlight ${name.padEnd(8)}${what}`);
  const isHelp = command === '--help' || command === '-h' || command === 'help';
  const intro = isHelp || command === undefined ? '' : `error: there is no command "${command}"\n`;
  (isHelp ? process.stdout : process.stderr).write(`${intro}Usage:\n${lines.join('\n')}\n`);
  process.exitCode = isHelp ? 0 : 2;
}
