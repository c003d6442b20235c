import type { ParameterValue, ParameterValues } from "../model.js";
import type { Decoded } from "./decoded.js";

/** Parameters and their values. The objects have no prototype: a parameter may be named `__proto__`. */
export function parameterValues(decoded: Decoded): ParameterValues {
  const values = Object.create(null) as Record<string, readonly ParameterValue[]>;
  if (decoded.kind !== "map") return values;
  for (const [name, list] of decoded.value)
    if (list.kind === "list") values[name] = list.value.map(plainValue);
  return values;
}

function plainValue(decoded: Decoded): ParameterValue {
  switch (decoded.kind) {
    case "integer":
      return Number(decoded.value);
    case "list":
    case "maps":
      return decoded.value.map(plainValue);
    case "map": {
      const values = Object.create(null) as Record<string, ParameterValue>;
      for (const [name, value] of decoded.value) values[name] = plainValue(value);
      return values;
    }
    default:
      return decoded.value;
  }
}
