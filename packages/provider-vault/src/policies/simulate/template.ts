import { templateParts } from "../paths.js";
import { parseDuration } from "../read/durations.js";
import type { PolicyAlias, PolicyEntity, PolicyGroup, PolicyIdentity } from "./identity.js";

/**
 * A path with its templates filled in, or undefined where one has no value: the rule does not apply
 * then. Source: Vault 1.21, concepts/policies, "Templated policies".
 */
export function fillTemplates(
  path: string,
  identity: PolicyIdentity,
  nowMs: number,
): string | undefined {
  const parts = templateParts(path) ?? [];
  let filled = "";
  for (const [index, part] of parts.entries()) {
    const text = index % 2 === 0 ? part : valueOf(part.trim(), identity, nowMs);
    if (text === undefined) return undefined;
    filled += text;
  }
  return filled;
}

function valueOf(template: string, identity: PolicyIdentity, nowMs: number): string | undefined {
  const entity = after(template, "identity.entity.");
  if (entity !== undefined)
    return identity.entity === undefined ? undefined : entityValue(entity, identity.entity);
  const group = after(template, "identity.groups.");
  if (group !== undefined) return groupValue(group, identity.groups ?? []);
  const time = after(template, "time.");
  return time === undefined ? undefined : timeValue(time, nowMs);
}

function entityValue(name: string, entity: PolicyEntity): string | undefined {
  const alias = after(name, "aliases.");
  if (alias === undefined) return commonValue(name, entity);
  const [accessor, rest] = cut(alias);
  const found = entity.aliases?.find(({ mountAccessor }) => mountAccessor === accessor);
  return found === undefined || rest === undefined ? undefined : aliasValue(rest, found);
}

function aliasValue(name: string, alias: PolicyAlias): string | undefined {
  const custom = after(name, "custom_metadata.");
  return custom === undefined ? commonValue(name, alias) : own(alias.customMetadata, custom);
}

function groupValue(selector: string, groups: readonly PolicyGroup[]): string | undefined {
  const [by, rest = ""] = cut(selector);
  const [key, name] = cut(rest);
  if (name === undefined || (by !== "ids" && by !== "names")) return undefined;
  const group = groups.find((one) => (by === "ids" ? one.id : one.name) === key);
  return group === undefined ? undefined : commonValue(name, group);
}

function commonValue(name: string, whose: Omit<PolicyGroup, never>): string | undefined {
  // An empty id or name is as none to Vault; an empty metadata value is a value.
  if (name === "id") return whose.id === "" ? undefined : whose.id;
  if (name === "name") return whose.name === "" ? undefined : whose.name;
  const key = after(name, "metadata.");
  return key === undefined ? undefined : own(whose.metadata, key);
}

function timeValue(selector: string, nowMs: number): string | undefined {
  const [now, rest] = cut(selector);
  if (now !== "now") return undefined;
  let seconds = 0;
  if (rest !== undefined) {
    const [operator, amount] = cut(rest);
    const parsed = amount === undefined ? undefined : parseDuration(amount);
    if (parsed === undefined || (operator !== "plus" && operator !== "minus")) return undefined;
    seconds = operator === "plus" ? parsed : -parsed;
  }
  return String(Math.floor(nowMs / 1_000 + seconds));
}

function after(text: string, prefix: string): string | undefined {
  return text.startsWith(prefix) ? text.slice(prefix.length) : undefined;
}

/** The text before the first dot, and behind it. */
function cut(text: string): readonly [string, string | undefined] {
  const dot = text.indexOf(".");
  return dot < 0 ? [text, undefined] : [text.slice(0, dot), text.slice(dot + 1)];
}

function own(values: Readonly<Record<string, string>> | undefined, key: string) {
  return values !== undefined && Object.hasOwn(values, key) ? values[key] : undefined;
}
