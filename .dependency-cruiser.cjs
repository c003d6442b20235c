// Who may import whom. The rules know the packages by pattern, so a new provider needs no edit here.
// tools/packages/test/dependency-rules.test.ts shows every rule firing.
const { readdirSync, readFileSync } = require("node:fs");
const path = require("node:path");

const ours = "^(packages|tools|examples|bench|docs)/";

/**
 * Dependencies of providers that are general libraries and no vendor's SDK. Everything else that a
 * provider depends on belongs to that provider alone.
 */
const generalLibraries = new Set([
  "@grpc/grpc-js",
  "@grpc/proto-loader",
  "@standard-schema/spec",
  "age-encryption",
  "aws4",
  "https-proxy-agent",
  "lru-cache",
  "p-limit",
  "proper-lockfile",
  "valibot",
  "write-file-atomic",
  "yaml",
  "zod",
]);

/** SDKs that nobody may reach for even before their provider exists. */
const knownSdks = {
  vault: ["node-vault", "axios"],
  aws: ["@aws-sdk/.+", "@smithy/.+"],
  azure: ["@azure/.+"],
  gcp: ["@google-cloud/.+"],
};

const providers = readdirSync(path.join(process.cwd(), "packages")).filter((name) =>
  name.startsWith("provider-"),
);

const sdkRules = Object.entries({
  ...Object.fromEntries(providers.map((folder) => [folder.slice("provider-".length), []])),
  ...knownSdks,
}).flatMap(([provider, known]) => {
  const sdks = [...new Set([...known, ...declaredSdks(`provider-${provider}`)])];
  if (sdks.length === 0) return [];
  return [
    {
      name: `sdk-only-in-provider-${provider}`,
      comment: `Only packages/provider-${provider} may know its SDK; everyone else goes through core.`,
      severity: "error",
      from: {
        path: "^(packages|examples)/",
        pathNot: `^packages/(provider-${provider}/|[^/]+/test/)`,
      },
      to: { path: `(^|node_modules/)(${sdks.join("|")})(/|$)` },
    },
  ];
});

/** @param {string} folder */
function declaredSdks(folder) {
  if (!providers.includes(folder)) return [];
  const manifest = JSON.parse(
    readFileSync(path.join(process.cwd(), "packages", folder, "package.json"), "utf8"),
  );
  return Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })
    .filter((name) => !name.startsWith("@kinko/") && !generalLibraries.has(name))
    .map((name) => name.replaceAll(".", "\\."));
}

/** @type {import("dependency-cruiser").IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: "no-circular",
      comment: "A cycle of modules loads in an order nobody chose. Types may refer to each other.",
      severity: "error",
      from: { path: ours },
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    {
      name: "no-unresolvable",
      comment:
        "Either the dependency is not declared, or a path is used that the package does not export.",
      severity: "error",
      from: { path: ours },
      to: { couldNotResolve: true },
    },
    {
      name: "no-path-into-another-package",
      comment: "Import other packages by name, so that only what they export can be reached.",
      severity: "error",
      from: { path: "^(packages|tools|examples|bench)/([^/]+)/" },
      to: {
        path: "^(packages/[^/]+|tools/servers)/",
        pathNot: "^$1/$2/",
        dependencyTypes: ["local"],
      },
    },
    {
      name: "no-dist",
      comment: "Sources and tests run from sources; what is built is reached by nobody.",
      severity: "error",
      from: { path: "^packages/" },
      to: { path: "^(packages|tools)/[^/]+/dist/" },
    },
    {
      name: "src-not-to-test",
      comment: "What is shipped must not need its tests.",
      severity: "error",
      from: { path: "^packages/[^/]+/src/" },
      to: { path: "^packages/[^/]+/test/" },
    },
    {
      name: "core-stands-alone",
      comment: "core imports no other package of ours.",
      severity: "error",
      from: { path: "^packages/core/src/" },
      to: { path: ours, pathNot: "^packages/core/" },
    },
    {
      name: "provider-not-to-provider",
      comment: "Providers know nothing of each other, in their tests neither.",
      severity: "error",
      from: { path: "^packages/provider-([^/]+)/" },
      to: { path: "^packages/provider-", pathNot: "^packages/provider-$1/" },
    },
    {
      name: "library-only-to-core",
      comment: "Providers and libraries build on core and on nothing else of ours.",
      severity: "error",
      from: {
        path: "^packages/([^/]+)/src/",
        pathNot: "^packages/((core|cli)/|inversify/src/testing/)",
      },
      to: { path: ours, pathNot: "^packages/(core|$1)/" },
    },
    {
      name: "inversify-testing-only-to-memory",
      comment: "The test module of inversify is an entry of its own, with a provider in memory.",
      severity: "error",
      from: { path: "^packages/inversify/src/testing/" },
      to: { path: ours, pathNot: "^packages/(core/|inversify/|testing/src/memory/)" },
    },
    {
      name: "decision-only-types-of-core",
      comment: "The decision module needs core's types at most.",
      severity: "error",
      from: { path: "^packages/decision/src/" },
      to: { path: "^packages/core/", dependencyTypesNot: ["type-only"] },
    },
    {
      name: "cli-loads-providers-lazily",
      comment:
        "A provider costs time at every start unless it is loaded when asked for: use import(). Its types cost nothing: commands for one backend speak of what that offers.",
      severity: "error",
      from: { path: "^packages/cli/src/" },
      to: { path: "^packages/provider-", dynamic: false, dependencyTypesNot: ["type-only"] },
    },
    {
      name: "cli-not-to-test-helpers",
      comment: "The command ships no test helpers, and has no container.",
      severity: "error",
      from: { path: "^packages/cli/src/" },
      to: { path: "^(packages/(testing|inversify)|tools|examples|bench)/" },
    },
    {
      name: "tests-only-to-core-and-helpers",
      comment: "Tests may use what their package may, and @kinko/testing and @kinko/servers.",
      severity: "error",
      from: { path: "^packages/([^/]+)/test/", pathNot: "^packages/(cli|postgres)/" },
      to: { path: ours, pathNot: "^(packages/(core|testing|$1)|tools/servers)/" },
    },
    {
      name: "postgres-tests-only-with-vault",
      comment:
        "A pool's logins change for real where Vault makes them; its sources know core alone.",
      severity: "error",
      from: { path: "^packages/postgres/test/" },
      to: {
        path: ours,
        pathNot: "^(packages/(core|testing|postgres|provider-vault)|tools/servers)/",
      },
    },
    ...sdkRules,
  ],
  options: {
    doNotFollow: { path: "(^|/)(node_modules|dist)/" },
    exclude: { path: "(^|/)(coverage|fixtures)/" },
    // `import type` counts: a type of another package ties the two together just the same.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.base.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["@kinko/source", "import", "node", "types", "default"],
      mainFields: ["module", "main", "types"],
    },
  },
};
