/**
 * Who may import whom. Type-only imports count: an interface borrowed from the wrong side is a dependency too.
 * Every rule has its reason in `comment`; `npm run lint:deps` prints it where a rule is broken.
 */

const NODE_MODULES = '(^|/)node_modules/';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    // The arrows between the packages.
    {
      name: 'models-is-pure',
      comment:
        'The panel, the bridge and the trainer run the same models/src; it may need nothing but itself and zod/mini.',
      severity: 'error',
      from: { path: '^models/src/' },
      to: {
        pathNot: ['^models/src/', '^models/kernel/row-kernel-wasm\\.ts$', `${NODE_MODULES}zod/(v4/)?mini/`],
      },
    },
    {
      name: 'protocol-is-pure',
      comment:
        "Both ends of the wire share it, in Node and in UXP; it may need only itself, models and zod/mini. (crc32-node.mjs is Node's form of `#crc32`.)",
      severity: 'error',
      from: { path: '^bridge/protocol/', pathNot: '/crc32-node\\.mjs$' },
      to: { pathNot: ['^bridge/protocol/', '^models/src/', `${NODE_MODULES}zod/(v4/)?mini/`] },
    },
    {
      name: 'client-to-protocol-and-models',
      comment:
        'Panel, command line and web pages share the client; it may need only the wire and what a correction is.',
      severity: 'error',
      from: { path: '^bridge/client/' },
      to: { pathNot: ['^bridge/(client|protocol)/', '^models/src/'] },
    },
    {
      name: 'runtime-to-models',
      comment: 'Bridge and trainer run models on it; it must not know the wire, nor anybody who uses it.',
      severity: 'error',
      from: { path: '^bridge/runtime/' },
      to: { path: '^(bridge/(?!runtime/)|plugin|trainer|test)/' },
    },
    {
      name: 'bridge-to-its-rooms',
      comment: 'The bridge serves panels and command lines; it must not know the panel, the trainer or the tests.',
      severity: 'error',
      from: { path: '^bridge/(src|bin|bench)/' },
      to: { path: '^(plugin|trainer|test)/' },
    },
    {
      name: 'web-to-client-and-models',
      comment:
        'The page runs in browsers and reaches the bridge over the wire only: it shares the client and the kernel with it.',
      severity: 'error',
      from: { path: '^bridge/web/' },
      to: { path: '^(bridge/(?!(web|protocol|client)/)|trainer/|plugin/|test/)' },
    },
    {
      name: 'nobody-to-web',
      comment: 'The page is built by bridge/bin/compile.mjs and served as files.',
      severity: 'error',
      from: { pathNot: ['^bridge/web/', '^test/'] },
      to: { path: '^bridge/web/' },
    },
    {
      name: 'trainer-to-runtime-and-models',
      comment:
        'What the trainer makes is described by models and runs on runtime; it needs neither the wire nor anybody who uses it.',
      severity: 'error',
      from: { path: '^trainer/' },
      to: { path: '^(bridge/(?!runtime/)|plugin|test)/' },
    },
    {
      name: 'plugin-to-models-and-client',
      comment: 'The panel reaches the bridge over the wire only; code of the bridge or the trainer cannot run in UXP.',
      severity: 'error',
      from: { path: '^plugin/' },
      to: { path: '^(bridge/(?!(protocol|client)/)|trainer/|test/)' },
    },
    {
      name: 'packages-by-name',
      comment: 'A package is entered by its name (@evenlight/models), never by a path that climbs out of the folder.',
      severity: 'error',
      from: { path: '^(models|bridge|trainer|plugin|test)/' },
      to: { path: '^(models|bridge|trainer|plugin|test)/', pathNot: '^$1/', dependencyTypes: ['local'] },
    },
    {
      name: 'rooms-of-the-bridge-by-name',
      comment: 'Protocol, client and runtime are packages of their own although they lie inside the bridge.',
      severity: 'error',
      from: { path: '^bridge/(protocol|client|runtime|web|src)/' },
      to: { path: '^bridge/(protocol|client|runtime|web|src)/', pathNot: '^bridge/$1/', dependencyTypes: ['local'] },
    },
    {
      name: 'packages-by-the-front-door',
      comment:
        'What a package offers is listed in its index.ts (of runtime also in set-up.ts and tensorflow.ts). Only tests look inside.',
      severity: 'error',
      from: {
        path: '^(bridge/src|bridge/bench|bridge/protocol|bridge/client|bridge/runtime|bridge/web|trainer|plugin)/',
      },
      to: {
        path: '^(models|bridge/protocol|bridge/client|bridge/runtime)/src/',
        pathNot: ['/src/index\\.ts$', '^bridge/runtime/src/(set-up|tensorflow)\\.ts$', '^$1/'],
      },
    },
    {
      name: 'no-src-to-test',
      comment: 'Code that ships must not need the tests, their fakes or their fixtures.',
      severity: 'error',
      from: { pathNot: '^test/' },
      to: { path: '^test/' },
    },

    // Libraries that have one place.
    {
      name: 'tensorflow-in-runtime-and-trainer',
      comment:
        'Behind one interface a runtime can crash, be replaced or be left out; the trainer is made of TensorFlow.',
      severity: 'error',
      from: { pathNot: ['^bridge/runtime/src/', '^trainer/src/', '^test/', NODE_MODULES] },
      to: { path: `${NODE_MODULES}@tensorflow/|^@tensorflow/` },
    },
    {
      name: 'onnxruntime-in-plugin-engine',
      comment: 'Only plugin/src/engine runs ONNX in the panel. The trainer compares its exports with onnxruntime.',
      severity: 'error',
      from: { pathNot: ['^plugin/src/engine/', '^plugin/webview/', '^trainer/src/', '^test/', NODE_MODULES] },
      to: { path: `${NODE_MODULES}onnxruntime-|^onnxruntime-` },
    },
    {
      name: 'photoshop-in-plugin-host',
      comment: 'One thin edge to Photoshop: everything else runs, and is tested, without it.',
      severity: 'error',
      from: { pathNot: ['^plugin/src/host/', NODE_MODULES] },
      to: { path: `^(photoshop|uxp)$|${NODE_MODULES}(@types/photoshop|@adobe/)` },
    },
    {
      name: 'no-node-in-plugin',
      comment: "UXP is not Node. Only host/ knows UXP's own fs and os.",
      severity: 'error',
      from: { path: '^plugin/src/', pathNot: '^plugin/src/host/' },
      to: { dependencyTypes: ['core'] },
    },

    // Inside the plugin: panel -> session -> {host.ts, engine.ts}.
    {
      name: 'panel-to-session',
      comment: 'The panel shows and asks; what happens is decided in session/.',
      severity: 'error',
      from: { path: '^plugin/src/panel/' },
      to: { path: '^plugin/src/', pathNot: '^plugin/src/(panel|session)/' },
    },
    {
      name: 'session-to-interfaces',
      comment: 'session/ speaks to interfaces, so that it runs against fakes and against every engine.',
      severity: 'error',
      from: { path: '^plugin/src/session/' },
      to: {
        path: '^plugin/src/',
        pathNot: ['^plugin/src/(session|encoding|pacing)/', '^plugin/src/(host|engine|cleaning|errors)\\.ts$'],
      },
    },
    {
      name: 'interfaces-stand-alone',
      comment: 'An interface that knows an implementation is none.',
      severity: 'error',
      from: { path: '^plugin/src/(host|engine|cleaning|errors)\\.ts$' },
      to: { path: '^plugin/src/', pathNot: '^plugin/src/(host|engine|cleaning|errors)\\.ts$' },
    },
    {
      name: 'implementations-know-their-interface',
      comment:
        'The host and the engines know neither each other nor who uses them; encoding/ is what UXP lacks, pacing/ keeps it awake.',
      severity: 'error',
      from: { path: '^plugin/src/(host|engine)/' },
      to: {
        path: '^plugin/src/',
        pathNot: ['^plugin/src/($1|encoding|pacing)/', '^plugin/src/(host|engine|cleaning|errors)\\.ts$'],
      },
    },
    {
      name: 'encoding-and-pacing-stand-alone',
      comment: 'Bytes, text and time, for whoever needs them.',
      severity: 'error',
      from: { path: '^plugin/src/(encoding|pacing)/' },
      to: { path: '^plugin/src/', pathNot: '^plugin/src/$1/' },
    },
    {
      name: 'implementations-from-main',
      comment:
        'plugin/src/main.ts is the one place that names implementations. (webview/ is the other half of its engine.)',
      severity: 'error',
      from: { pathNot: ['^plugin/src/(host|engine)/', '^plugin/src/main\\.ts$', '^plugin/webview/', '^test/'] },
      to: { path: '^plugin/src/(host|engine)/' },
    },
    {
      name: 'webview-knows-its-messages',
      comment: 'The page runs in a browser, not in UXP; it shares with the panel what both send, nothing else.',
      severity: 'error',
      from: { path: '^plugin/webview/' },
      to: { path: '^plugin/src/', pathNot: '^plugin/src/(engine/webview/|encoding/)' },
    },
    {
      name: 'main-is-the-root',
      comment: 'The composition root puts the parts together; a part that needs it would close a cycle.',
      severity: 'error',
      from: { path: '^plugin/src/' },
      to: { path: '^plugin/src/main\\.ts$' },
    },
    {
      name: 'cli-is-the-root',
      comment: 'bridge/src/cli and trainer/src/cli put the parts together; no part may need them.',
      severity: 'error',
      from: { path: '^(bridge|trainer)/src/', pathNot: '^(bridge|trainer)/src/cli/' },
      to: { path: '^(bridge|trainer)/src/cli/' },
    },

    // Everywhere.
    {
      name: 'no-circular',
      comment: 'Modules in a cycle can only be understood, tested and loaded together.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-unresolvable',
      comment: 'The module does not exist. (photoshop and uxp exist in Photoshop only.)',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^(photoshop|uxp)$' },
    },
    {
      name: 'no-undeclared',
      comment: "A library that the package's own package.json does not name is there by accident.",
      severity: 'error',
      from: {},
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'], pathNot: `${NODE_MODULES}(@types|@adobe)/` },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // Anchored: libraries under node_modules have a dist/ too, and rules look for them.
    exclude: {
      path: [
        '^[^/]+/dist/',
        '^models/kernel/(assembly|\\.compiler)/',
        '^bridge/\\.native/',
        '^test/fixtures/images/',
        '^trainer/out/',
      ],
    },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'node', 'default'],
      extensions: ['.ts', '.mts', '.js', '.mjs', '.cjs', '.json', '.d.ts'],
    },
    reporterOptions: { text: { highlightFocused: true } },
  },
};
