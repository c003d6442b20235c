import { didYouMean } from "@kinko/core/config";
import type { Document, LineCounter, Node, Pair, ParsedNode } from "yaml";
import type { PolicyPosition } from "../model.js";
import { PolicyTestFileError } from "./error.js";

/** What of the YAML library this needs; it is loaded by the caller. */
export type Yaml = typeof import("yaml");

/** A value of the file that knows where it stands and what it is called. */
export class TestNode {
  readonly #source: TestSource;
  readonly #node: unknown;
  readonly #fallback: PolicyPosition;
  /** Such as `tests[0].allowed[1]`. */
  readonly field: string;

  constructor(source: TestSource, node: unknown, field: string, fallback: PolicyPosition) {
    this.#source = source;
    this.#node = source.yaml.isAlias(node) ? node.resolve(source.document) : node;
    this.field = field;
    this.#fallback = fallback;
  }

  get position(): PolicyPosition {
    return placeOf(this.#source, this.#node) ?? this.#fallback;
  }

  /** What it is without its place: for what is handed on as it is. */
  get value(): unknown {
    const { yaml, document } = this.#source;
    return yaml.isNode(this.#node) ? this.#node.toJS(document) : this.#node;
  }

  fail(problem: string, advice: string): never {
    const { field, position } = this;
    throw new PolicyTestFileError(problem, advice, { source: this.#source.text, field, position });
  }

  /** The fields of a mapping, of which all must be known; `known` undefined takes any. */
  fields(known: readonly string[] | undefined, advice: string): ReadonlyMap<string, TestNode> {
    const { yaml } = this.#source;
    if (!yaml.isMap(this.#node)) return this.fail("This is no mapping of names to values.", advice);
    return new Map(
      this.#node.items.map((item) => {
        const { key, value } = item as Pair<Node, ParsedNode | null>;
        const name = this.#named(key);
        const child = this.#child(value, this.field === "" ? name : `${this.field}.${name}`, key);
        if (known !== undefined && !known.includes(name)) {
          const keyNode = this.#child(key, child.field, key);
          keyNode.fail(
            "There is no such field here.",
            didYouMean(name, known).trim() || `Known are ${known.join(", ")}.`,
          );
        }
        return [name, child] as const;
      }),
    );
  }

  /** The elements of a list. */
  items(advice: string): readonly TestNode[] {
    if (!this.#source.yaml.isSeq(this.#node)) return this.fail("This is no list.", advice);
    return this.#node.items.map((item, index) =>
      this.#child(item, `${this.field}[${index}]`, this.#node),
    );
  }

  /** A text that is not empty. */
  text(advice: string): string {
    const { yaml } = this.#source;
    const value = yaml.isScalar(this.#node) ? this.#node.value : undefined;
    if (typeof value === "string" && value.trim() !== "") return value;
    return this.fail("This is no text, or an empty one.", advice);
  }

  get isText(): boolean {
    const { yaml } = this.#source;
    return yaml.isScalar(this.#node) && typeof this.#node.value === "string";
  }

  #named(key: unknown): string {
    const { yaml } = this.#source;
    const value = yaml.isScalar(key) ? key.value : undefined;
    if (typeof value === "string") return value;
    return this.#child(key, this.field, key).fail("A name here is a text.", "Put it in quotes.");
  }

  #child(node: unknown, field: string, beside: unknown): TestNode {
    return new TestNode(this.#source, node, field, placeOf(this.#source, beside) ?? this.position);
  }
}

/** A text of YAML, parsed. */
export interface TestSource {
  readonly yaml: Yaml;
  readonly text: string;
  readonly document: Document.Parsed;
  readonly lines: LineCounter;
}

function placeOf({ yaml, lines }: TestSource, node: unknown): PolicyPosition | undefined {
  const start = yaml.isNode(node) ? node.range?.[0] : undefined;
  if (start === undefined) return undefined;
  const { line, col } = lines.linePos(start);
  return { line, column: col };
}

/**
 * Reads YAML, which JSON is a part of.
 * @throws PolicyTestFileError with line and column; the library's own words are left out
 */
export async function readYaml(text: string): Promise<TestNode> {
  const yaml = await import("yaml");
  const lines = new yaml.LineCounter();
  const document = yaml.parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const start = { line: 1, column: 1 };
  const [problem] = document.errors;
  if (problem !== undefined) {
    const { line, col } = lines.linePos(problem.pos[0]);
    const twice = problem.code === "DUPLICATE_KEY";
    throw new PolicyTestFileError(
      twice ? "A name is there twice." : "This is not YAML.",
      twice ? "Leave one out." : "Look at indentation, quotes and brackets there.",
      { source: text, field: "", position: { line: Math.max(1, line), column: Math.max(1, col) } },
    );
  }
  return new TestNode({ yaml, text, document, lines }, document.contents, "", start);
}
