import { basename } from 'node:path';
import { builtinModules } from 'node:module';
import eslint from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import { builtinRules } from 'eslint/use-at-your-own-risk';
import tseslint from 'typescript-eslint';
import ts from 'typescript';

/** The house's names for files: kebab-case, and none that says nothing. */
const fileName = {
  create(context) {
    const name = basename(context.filename).replace(/(\.(test|bench|config|d))*\.[cm]?[jt]s$/, '');
    const emptyName = /(^|-)(utils?|helpers?|common|misc|manager|handlers?)$|^data$/;
    return {
      Program(node) {
        if (!/^\.?[a-z0-9]+(-[a-z0-9]+)*$/.test(name)) {
          context.report({ node, message: `File name "${name}" is not kebab-case.` });
        } else if (emptyName.test(name)) {
          context.report({ node, message: `File name "${name}" does not say what the file does.` });
        }
      },
    };
  },
};

/** Numbers and texts stand in a template as they are: `${count}`, not `${String(count)}`. */
const plainTemplate = {
  create(context) {
    const { esTreeNodeToTSNodeMap, program } = context.sourceCode.parserServices;
    const isPlain = (type) =>
      type.isUnion()
        ? type.types.every(isPlain)
        : (type.flags & (ts.TypeFlags.NumberLike | ts.TypeFlags.StringLike)) !== 0;
    return {
      'TemplateLiteral > CallExpression[callee.name="String"][arguments.length=1]'(node) {
        const argument = esTreeNodeToTSNodeMap.get(node.arguments[0]);
        if (!isPlain(program.getTypeChecker().getTypeAtLocation(argument))) return;
        context.report({ node, message: 'A template makes a text of it by itself: leave String() out.' });
      },
    };
  },
};

const house = {
  rules: { 'file-name': fileName, 'plain-template': plainTemplate, 'max-lines-soft': builtinRules.get('max-lines') },
};

const lineLimit = (max) => ({ max, skipBlankLines: true, skipComments: true });

export default defineConfig(
  globalIgnores([
    '**/dist/',
    '**/.compiler/',
    'models/kernel/assembly/',
    '**/.native/',
    'coverage/',
    'test/fixtures/images/',
    'trainer/out/',
  ]),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  eslint.configs.recommended,
  {
    plugins: { house },
    rules: {
      'house/file-name': 'error',
      'house/max-lines-soft': ['warn', lineLimit(300)],
      'max-lines': ['error', lineLimit(400)],
      'max-lines-per-function': ['error', lineLimit(50)],
      eqeqeq: 'error',
      'no-duplicate-imports': ['error', { allowSeparateTypeImports: true }],
      'no-empty': ['error', { allowEmptyCatch: false }],
      'no-restricted-imports': [
        'error',
        {
          paths: builtinModules.map((name) => ({ name, message: `Write node:${name}, so that Node's modules show.` })),
        },
      ],
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportAllDeclaration', message: 'List what is exported: readers and knip look for the names.' },
        {
          selector:
            'PropertyDefinition[accessibility=/private|public/], MethodDefinition[accessibility=/private|public/][kind!="constructor"]',
          message:
            'Write #name for what is private, and nothing for what is public: one way, which also holds at run time.',
        },
      ],
      'no-warning-comments': ['error', { terms: ['fixme', 'xxx', 'hack'] }],
    },
  },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      'house/plain-template': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/max-params': ['error', { max: 4 }],
      '@typescript-eslint/naming-convention': [
        'error',
        {
          selector: 'typeLike',
          format: ['PascalCase'],
          custom: { regex: '^I[A-Z][a-z]|(Utils?|Helpers?|Manager|Handler|Misc|Common)$|^Data$', match: false },
        },
      ],
      '@typescript-eslint/no-unsafe-type-assertion': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],

      // Pixel loops index typed arrays whose bounds the loop has just set.
      '@typescript-eslint/no-non-null-assertion': 'off',
      // Numbers read well in messages: "frame has 3 bytes, needs 8".
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // `() => stop()` as a callback says what happens; braces would only be noise.
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // `while (true)` around a protocol's or a queue's steps.
      '@typescript-eslint/no-unnecessary-condition': [
        'error',
        { allowConstantLoopConditions: 'only-allowed-literals' },
      ],
      // An `async` method without `await` turns a throw into the rejection that its interface promises.
      '@typescript-eslint/require-await': 'off',
      // A parameter that an interface prescribes and an implementation does not need.
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
    },
  },
  {
    // The operations of tfjs return tensors of any rank, its layers tensors or lists of them: the ranks are in the comments.
    files: ['trainer/src/{network,training,evaluation,export}/**/*.ts', 'bridge/runtime/src/{tfjs,native}/**/*.ts'],
    rules: {
      '@typescript-eslint/no-unsafe-type-assertion': 'off',
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
    },
  },
  {
    // Photoshop's own types are wrong in places; each assertion there says why.
    files: ['plugin/src/host/**/*.ts', '**/*.d.ts'],
    rules: { '@typescript-eslint/no-unsafe-type-assertion': 'off' },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      // describe() is a function too; the limit on a file's lines bounds it.
      'max-lines-per-function': 'off',
      // it.each() hands a row over as parameters.
      '@typescript-eslint/max-params': 'off',
      // A test hands in what the types forbid, to see it refused.
      '@typescript-eslint/no-unsafe-type-assertion': 'off',
      // expect.objectContaining() and its like are `any`.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      // expect(fake.method) reads a method without calling it.
      '@typescript-eslint/unbound-method': 'off',
      // Fakes implement interfaces with methods that do nothing.
      '@typescript-eslint/no-empty-function': 'off',
    },
  },
  {
    files: ['**/*.{js,mjs,cjs}'],
    languageOptions: { globals: { URL: 'readonly', console: 'readonly', module: 'writable', process: 'readonly' } },
  },
);
