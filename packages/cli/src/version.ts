import { readFileSync } from "node:fs";

/** The version of the command, from its own package.json: the one place that a release changes. */
export function readVersion(): string {
  // The same relative place from src and from dist.
  const text = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { readonly version: string }).version;
}
