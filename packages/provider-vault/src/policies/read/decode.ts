import type { Cursor } from "../hcl/cursor.js";
import type { Item, Token, Value } from "../hcl/syntax.js";
import { textOf } from "../hcl/unquote.js";
import type { PolicyPosition } from "../model.js";
import type { Decoded } from "./decoded.js";
import { parseFloatText, parseInteger } from "./numbers.js";
import type { Shape } from "./shape.js";

/** What is decoded: a value, or the items that a name leads to. */
export type Node = Value | ItemsNode;

interface ItemsNode {
  readonly kind: "items";
  readonly items: readonly Item[];
  readonly position: PolicyPosition;
}

/** The type that whatever is decoded stands in: objects become maps in a list, lists of maps elsewhere. */
type Within = "list" | "other";

/** Decodes nodes into shapes as HCL's decoder does, repeated names included. */
export class Decoder {
  readonly #cursor: Cursor;

  constructor(cursor: Cursor) {
    this.#cursor = cursor;
  }

  /** @throws PolicySyntaxError */
  decode(node: Node, shape: Shape, existing?: Decoded, within: Within = "other"): Decoded {
    switch (shape.kind) {
      case "string":
        return this.#string(node);
      case "integer":
        return this.#integer(node);
      case "list":
        return { kind: "list", value: this.#elements(node, shape.of, existing) };
      case "map":
        return this.#map(node, shape.of, existing);
      case "struct":
        return this.#struct(node, shape.fields, existing);
      case "any":
        return this.#any(node, existing, within);
    }
  }

  /** The text of a name. */
  nameOf(token: Token): string {
    return textOf(token) ?? this.#fail(token, "This text has an escape that stands for nothing.");
  }

  /** The items of this name, without it. Vault looks for a structure's names in either case. */
  itemsOf(items: readonly Item[], name: string): Item[] {
    const wanted = name.toLowerCase();
    return items
      .filter(({ keys: [key] }) => key !== undefined && this.nameOf(key).toLowerCase() === wanted)
      .map((item) => ({ ...item, keys: item.keys.slice(1) }));
  }

  #fail(at: { readonly position: PolicyPosition }, problem: string): never {
    return this.#cursor.fail(problem, at.position);
  }

  #string(node: Node): Decoded {
    if (node.kind !== "literal" || ["boolean", "float"].includes(node.token.kind))
      return this.#fail(node, "Here a text in quotes is expected.");
    return { kind: "string", value: this.nameOf(node.token) };
  }

  #integer(node: Node): Decoded {
    const token = node.kind === "literal" ? node.token : undefined;
    const text =
      token?.kind === "number" || token?.kind === "string" || token?.kind === "null"
        ? this.nameOf(token)
        : "";
    const value = parseInteger(text, true);
    return value === undefined
      ? this.#fail(node, "Here a whole number is expected.")
      : { kind: "integer", value };
  }

  #float(node: Node): Decoded {
    const token = node.kind === "literal" ? node.token : undefined;
    const value =
      token?.kind === "number" || token?.kind === "float" ? parseFloatText(token.text) : undefined;
    return value === undefined
      ? this.#fail(node, "Here a number is expected.")
      : { kind: "float", value };
  }

  #boolean(node: Node): Decoded {
    if (node.kind !== "literal" || node.token.kind !== "boolean")
      return this.#fail(node, "Here true or false is expected.");
    return { kind: "boolean", value: node.token.text === "true" };
  }

  #elements(node: Node, of: Shape, existing: Decoded | undefined): Decoded[] {
    const before = existing?.kind === "list" || existing?.kind === "maps" ? existing.value : [];
    return [...before, ...this.#listed(node, of)];
  }

  #listed(node: Node, of: Shape): Decoded[] {
    switch (node.kind) {
      case "object":
        return [this.decode(node, of, undefined, "list")];
      case "list":
        return node.elements.map((element) => this.decode(element, of, undefined, "list"));
      case "items":
        return node.items.map((item) => {
          if (of.kind !== "map")
            return this.#fail(item.keys[0] ?? node, "Here a list in [ and ] is expected.");
          return this.decode({ ...node, items: [item] }, of);
        });
      case "literal":
        return this.#fail(node, "Here a list in [ and ] is expected.");
    }
  }

  #map(node: Node, of: Shape, existing: Decoded | undefined): Decoded {
    if (node.kind !== "object" && node.kind !== "items")
      return this.#fail(node, "Here a block in { and } is expected.");
    const entries = new Map(existing?.kind === "map" ? existing.value : []);
    const done = new Set<string>();
    for (const { keys, value } of node.items) {
      const [key] = keys;
      if (key === undefined) return this.#fail(value, "This block needs a name.");
      const name = this.nameOf(key);
      if (done.has(name)) continue;
      let inner: Node = value;
      if (keys.length > 1) {
        inner = { kind: "items", items: this.itemsOf(node.items, name), position: key.position };
        done.add(name);
      }
      entries.set(name, this.decode(inner, of, entries.get(name)));
    }
    return { kind: "map", value: entries };
  }

  #struct(
    node: Node,
    fields: Readonly<Record<string, Shape>>,
    existing: Decoded | undefined,
  ): Decoded {
    if (node.kind !== "object" && node.kind !== "items")
      return this.#fail(node, "Here a block in { and } is expected.");
    // Go looks at every name that came from JSON, so an escape in one that stands for nothing counts.
    for (const { keys } of node.items) for (const key of keys) if (key.json) this.nameOf(key);
    const entries = new Map(existing?.kind === "map" ? existing.value : []);
    for (const [field, shape] of Object.entries(fields)) {
      const found = this.itemsOf(node.items, field);
      const labelled = found.filter(({ keys }) => keys.length > 0);
      const [first] = labelled;
      if (first !== undefined) {
        const { position } = first.keys[0] ?? node;
        entries.set(
          field,
          this.decode({ kind: "items", items: labelled, position }, shape, entries.get(field)),
        );
      }
      for (const { keys, value } of found) {
        if (keys.length > 0) continue;
        const inner: Node = value.kind === "object" ? { ...value, kind: "items" } : value;
        entries.set(field, this.decode(inner, shape, entries.get(field)));
      }
    }
    return { kind: "map", value: entries };
  }

  #any(node: Node, existing: Decoded | undefined, within: Within): Decoded {
    switch (existing?.kind) {
      case "string":
        return this.#string(node);
      case "integer":
        return this.#integer(node);
      case "float":
        return this.#float(node);
      case "boolean":
        return this.#boolean(node);
      case "list":
        return { kind: "list", value: this.#elements(node, { kind: "any" }, existing) };
      case "maps":
        return { kind: "maps", value: this.#elements(node, anyMap, existing) };
      case "map":
        return this.#map(node, { kind: "any" }, existing);
      case undefined:
        return this.#whatever(node, within);
    }
  }

  #whatever(node: Node, within: Within): Decoded {
    switch (node.kind) {
      case "list":
        return { kind: "list", value: this.#elements(node, { kind: "any" }, undefined) };
      case "object":
      case "items":
        return within === "list"
          ? this.#map(node, { kind: "any" }, undefined)
          : { kind: "maps", value: this.#elements(node, anyMap, undefined) };
      case "literal":
        switch (node.token.kind) {
          case "number":
            return this.#integer(node);
          case "float":
            return this.#float(node);
          case "boolean":
            return this.#boolean(node);
          default:
            return this.#string(node);
        }
    }
  }
}

const anyMap: Shape = { kind: "map", of: { kind: "any" } };
