import { featureNames, type FeatureName, type ProviderCapabilities } from "@kinko/core";
import { contractTests } from "@kinko/testing/contract";

/** A store and what it declares. */
export interface DeclaredStore {
  readonly title: string;
  readonly capabilities: ProviderCapabilities;
}

/** What each feature is, for readers. */
const meanings: Readonly<Record<FeatureName, string>> = {
  versions: "older versions are kept, listed and readable",
  checkAndSet: "`put` with `ifVersion` writes only onto the version that was read",
  softDelete: "a delete can be undone",
  undelete: "what was deleted can be brought back",
  deleteVersion: "one version can be deleted softly",
  destroyVersion: "one version can be destroyed for good",
  purge: "a secret can be removed with all its versions",
  tags: "text tags are kept with a secret",
  patch: "fields of a JSON secret change atomically in the store itself",
  bulkGet: "several secrets are read in one request",
  watch: "changes are pushed",
  permissions: "what the credentials allow can be asked without reading values",
};

const marks = { native: "yes", emulated: "emulated", unsupported: "no" } as const;

/** The page `capabilities.md`. */
export function capabilitiesPage(stores: readonly DeclaredStore[]): string {
  return `# What each store can do

Made from what the providers declare, by \`pnpm docs:capabilities\`; a test fails when this page is older than they are. The contract suite holds every provider to its declaration: what it declares has to work, and what it does not has to fail with \`Unsupported\` and the reason given here.

## Features

${table(["", ...stores.map(({ title }) => title)], featureRows(stores))}

Stores without \`patch\` change fields by check-and-set where they have that; stores without \`bulkGet\` are read by several requests at once; stores without \`watch\` are polled.

## Contract tests

How many tests the contract has for a store follows from what it declares. The last lines of \`pnpm test\` say how many of them passed.

${table(["store", "tests"], contractRows(stores))}

## Limits

Bytes are those of the value and the name as an application sees them. An empty cell means that no limit is known.

${table(
  ["store", "value, bytes", "name, bytes", "versions", "tags", "reads of all clients"],
  limitRows(stores),
)}

${stores.map(({ title, capabilities }) => `- **${title}**: ${capabilities.limits.source}`).join("\n")}

## Why not, or not quite

${stores.map(reasons).join("\n\n")}
`;
}

function featureRows(stores: readonly DeclaredStore[]): string[][] {
  return featureNames.map((name) => [
    `\`${name}\`: ${meanings[name]}`,
    ...stores.map(({ capabilities }) => marks[capabilities.features[name].support]),
  ]);
}

function contractRows(stores: readonly DeclaredStore[]): string[][] {
  return stores.map(({ title, capabilities }) => [
    title,
    String(contractTests(capabilities).length),
  ]);
}

function limitRows(stores: readonly DeclaredStore[]): string[][] {
  return stores.map(({ title, capabilities: { limits } }) => {
    const { maxValueBytes, maxPathBytes, maxVersions, maxTags, readRate } = limits;
    const rate =
      readRate === undefined
        ? ""
        : `${grouped(readRate.requests)} in ${readRate.perSeconds} s; \`getMany\` keeps below half`;
    return [title, ...[maxValueBytes, maxPathBytes, maxVersions, maxTags].map(grouped), rate];
  });
}

function reasons({ title, capabilities: { features } }: DeclaredStore): string {
  const lines = featureNames.flatMap((name) => {
    const feature = features[name];
    return feature.support === "native" ? [] : [`- \`${name}\`: ${feature.reason}`];
  });
  return `### ${title}\n\n${lines.length === 0 ? "It has everything." : lines.join("\n")}`;
}

function grouped(value: number | undefined): string {
  return value === undefined ? "" : value.toLocaleString("en-US");
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
