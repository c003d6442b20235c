/** Short forms of environment names, so that `prod` and `production` are one environment. */
const longForms: Readonly<Record<string, string>> = {
  dev: "development",
  develop: "development",
  stg: "staging",
  stage: "staging",
  prd: "production",
  prod: "production",
  live: "production",
  tst: "test",
  testing: "test",
  int: "integration",
  preprod: "pre-production",
  "pre-prod": "pre-production",
};

/** Names that are taken for environments where nothing else says so. */
export const commonEnvironmentNames: readonly string[] = [
  "development",
  "test",
  "qa",
  "uat",
  "integration",
  "ci",
  "e2e",
  "preview",
  "sandbox",
  "demo",
  "staging",
  "canary",
  "pre-production",
  "preproduction",
  "production",
  "dr",
  "local",
];

/** The one long form of an environment's name, in lower case. */
export function canonicalEnvironment(name: string): string {
  const lower = name.toLowerCase();
  return Object.hasOwn(longForms, lower) ? (longForms[lower] ?? lower) : lower;
}
