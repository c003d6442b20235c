import type { Item, Value } from "./syntax.js";

/**
 * Makes blocks with labels of JSON's nested objects, as HCL does: an object (or a list) that holds
 * nothing but objects goes into the names of these.
 */
export function flatten(items: readonly Item[]): Item[] {
  return items.flatMap(flattenItem).map((item) => ({ ...item, value: flattenWithin(item.value) }));
}

function flattenItem(item: Item): Item[] {
  const { keys, value, comments } = item;
  if (value.kind === "object" && value.items.length > 0) {
    if (value.items.some((inner) => inner.value.kind !== "object")) return [item];
    return value.items.flatMap((inner) =>
      flattenItem({ keys: [...keys, ...inner.keys], value: inner.value, comments }),
    );
  }
  if (value.kind === "list" && value.elements.length > 0) {
    if (value.elements.some(({ kind }) => kind !== "object")) return [item];
    return value.elements.flatMap((element) => flattenItem({ keys, value: element, comments }));
  }
  return [item];
}

function flattenWithin(value: Value): Value {
  if (value.kind === "object") return { ...value, items: flatten(value.items) };
  if (value.kind === "list") return { ...value, elements: value.elements.map(flattenWithin) };
  return value;
}
