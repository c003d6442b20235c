import { kv2Sections } from "../kv2-sections.js";
import type { Capability, PolicyRule } from "../model.js";
import type { LintFinding } from "./finding.js";

/** What stands behind the mount in the API of KV version 2. */
const sections: readonly string[] = [...kv2Sections, "config"];

/** Whether a rule for a KV version 2 mount names the API's paths, and lists where lists are. */
export function checkKv2(
  rule: PolicyRule,
  granted: readonly Capability[],
  mounts: readonly string[],
): LintFinding[] {
  const path = rule.path.replace(/^\//u, "");
  const mount = mounts.map(trimSlashes).find((one) => path === one || path.startsWith(`${one}/`));
  if (mount === undefined) return [];
  const rest = path.slice(mount.length + 1);
  const [section = "", ...below] = rest.split("/");
  const { position } = rule;
  const where = { path: rule.path, ...(position === undefined ? {} : { position }) };
  const isSection = sections.some(
    (one) => section === one || (section.endsWith("*") && one.startsWith(section.slice(0, -1))),
  );
  if (!isSection && section !== "+" && !section.includes("{{")) {
    return [
      {
        ...where,
        code: "kv2-path",
        severity: "error",
        message: `${mount} is a KV version 2 mount, and none of its paths are of this form.`,
        advice: `Write ${mount}/data/${rest} for values, ${mount}/metadata/${rest} for listing and metadata.`,
      },
    ];
  }
  if (section !== "data" || !granted.includes("list")) return [];
  return [
    {
      ...where,
      code: "kv2-path",
      severity: "warning",
      message: "KV version 2 lists nothing below data: list has no effect here.",
      advice: `Grant list on ${mount}/metadata/${below.join("/")}.`,
    },
  ];
}

/** A path of a KV version 2 mount below one of its sections; undefined for others. */
export function kv2Place(
  path: string,
  mounts: readonly string[],
): { readonly mount: string; readonly section: string; readonly rest: string } | undefined {
  const bare = path.replace(/^\//u, "");
  const mount = mounts.map(trimSlashes).find((one) => bare.startsWith(`${one}/`));
  if (mount === undefined) return undefined;
  const [section = "", ...below] = bare.slice(mount.length + 1).split("/");
  return { mount, section, rest: below.join("/") };
}

function trimSlashes(text: string): string {
  return text.replaceAll(/^\/+|\/+$/gu, "");
}
