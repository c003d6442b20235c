/** Whether something has names, as an object of JSON or YAML has; a list has none. */
export function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
