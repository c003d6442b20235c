import { invalidPolicy } from "../errors.js";
import type { ParameterValue } from "../model.js";
import { quote } from "./quote.js";

/**
 * A value in HCL, or in the JSON that Vault reads, which has no `true`, `false`, lists or objects within
 * lists.
 * @throws InvalidValueError for a value that would not come back as it was
 */
export function writeValue(value: ParameterValue, json: boolean, depth = 0): string {
  if (typeof value === "string") return quote(value, json);
  if (typeof value === "number") return writeNumber(value);
  if (json && depth > 0) throw notWritable("JSON policies have only texts and numbers in lists.");
  if (typeof value === "boolean") return String(value);
  if (isList(value)) {
    return `[${value.map((element) => writeValue(element, json, depth + 1)).join(", ")}]`;
  }
  return `{ ${Object.entries(value)
    .map(([name, inner]) => {
      if (typeof inner === "object" && !isList(inner))
        throw notWritable("A policy has no object directly in an object.");
      return `${quote(name)} = ${writeValue(inner, json, depth + 1)}`;
    })
    .join(", ")} }`;
}

function isList(value: ParameterValue): value is readonly ParameterValue[] {
  return Array.isArray(value);
}

function writeNumber(value: number): string {
  if (!Number.isFinite(value)) throw notWritable("A policy has only finite numbers.");
  if (Object.is(value, -0)) return "-0.0";
  if (Number.isInteger(value))
    return Math.abs(value) < 2 ** 63 ? String(BigInt(value)) : value.toExponential();
  return String(value);
}

function notWritable(what: string) {
  return invalidPolicy(what, "value-not-writable", "Use HCL, and texts, numbers or plain lists.");
}
