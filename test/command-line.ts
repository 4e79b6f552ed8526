import { readFileSync } from 'node:fs';
import { parseArgs, type ParseArgsConfig } from 'node:util';

/**
 * The arguments of a command in this folder, as Node's `parseArgs` reads them. `--help` prints the comment that the command's file begins
 * with, and its options; what the command does not know ends it with one line and exit code 2.
 *
 * @param file the command's own, `import.meta.filename`
 */
export function readCommandLine<T extends ParseArgsConfig>(file: string, config: T): ReturnType<typeof parseArgs<T>> {
  if (process.argv.includes('--help')) {
    console.log(`${firstComment(file)}\n\nOptions:\n${optionLines(config).join('\n')}`);
    process.exit(0);
  }
  try {
    return parseArgs(config);
  } catch (error) {
    // The first sentence says what is wrong, what follows is about escaping.
    console.error(`${String(error instanceof Error ? error.message : error).split('. ')[0]!}; see --help`);
    process.exit(2);
  }
}

function firstComment(file: string): string {
  const [, comment = ''] = /^\/\*\*?\n([^]*?)\n \*\//.exec(readFileSync(file, 'utf8')) ?? [];
  return comment.replaceAll(/^ \* ?/gm, '');
}

function optionLines({ options = {} }: ParseArgsConfig): string[] {
  return Object.entries(options).map(([name, { type, default: given }]) => {
    const otherwise = type === 'boolean' ? '' : String(given ?? '');
    return `  --${name}${type === 'boolean' ? '' : ' VALUE'}${otherwise === '' ? '' : ` (${otherwise})`}`;
  });
}
