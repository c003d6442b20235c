/** A decoded node, with the difference between whole and other numbers that JavaScript has not. */
export type Decoded =
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "integer"; readonly value: bigint }
  | { readonly kind: "float"; readonly value: number }
  | { readonly kind: "boolean"; readonly value: boolean }
  | { readonly kind: "list"; readonly value: readonly Decoded[] }
  /** A list of maps: an object that stands directly in a map. */
  | { readonly kind: "maps"; readonly value: readonly Decoded[] }
  | { readonly kind: "map"; readonly value: ReadonlyMap<string, Decoded> };

/** The texts of a decoded list of texts; none for one that is not there. */
export function textsOf(decoded: Decoded | undefined): string[] {
  if (decoded?.kind !== "list") return [];
  return decoded.value.flatMap((element) => (element.kind === "string" ? [element.value] : []));
}

/** The entry of a map or structure. */
export function entryOf(decoded: Decoded | undefined, name: string): Decoded | undefined {
  return decoded?.kind === "map" ? decoded.value.get(name) : undefined;
}
