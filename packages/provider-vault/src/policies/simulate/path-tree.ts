import type { PathPattern } from "../paths.js";

const slash = 47;

/**
 * Finds the pattern of the highest rank that matches a path, in one walk along it and without
 * allocating: a tree of shared beginnings, with a branch of its own for `+`.
 */
export class PathTree {
  readonly #root = new TreeNode("");
  #best = -1;

  /** Adds a pattern. Ranks count from 0; of two that match, the higher one is found. */
  add({ kind, text }: PathPattern, rank: number): void {
    const path = [this.#root];
    const isPrefix = kind === "prefix" || (kind === "segments" && text.endsWith("*"));
    const literal = kind === "segments" && isPrefix ? text.slice(0, -1) : text;
    const pieces = kind === "segments" ? literal.split(/(?<=^|\/)\+(?=\/|$)/u) : [literal];
    let node = this.#root;
    for (const [index, piece] of pieces.entries()) {
      if (index > 0) {
        node = node.plus ??= new TreeNode("");
        path.push(node);
      }
      node = node.grow(piece, path);
    }
    if (isPrefix) node.prefixRank = rank;
    else node.endRank = rank;
    for (const passed of path) passed.mostRank = Math.max(passed.mostRank, rank);
  }

  /** The rank of the best match of `path` between two offsets, or -1. */
  find(path: string, start: number, end: number): number {
    this.#best = -1;
    this.#walk(this.#root, path, start, end);
    return this.#best;
  }

  #walk(from: TreeNode, path: string, start: number, end: number): void {
    let node = from;
    let offset = start;
    for (;;) {
      if (node.mostRank <= this.#best) return;
      if (node.prefixRank > this.#best) this.#best = node.prefixRank;
      if (node.plus !== undefined) {
        let next = offset;
        while (next < end && path.charCodeAt(next) !== slash) next += 1;
        this.#walk(node.plus, path, next, end);
      }
      if (offset === end) {
        if (node.endRank > this.#best) this.#best = node.endRank;
        return;
      }
      const child = node.child(path.charCodeAt(offset));
      if (child === undefined) return;
      const { text } = child;
      const { length } = text;
      if (offset + length > end) return;
      for (let index = 1; index < length; index += 1)
        if (path.charCodeAt(offset + index) !== text.charCodeAt(index)) return;
      offset += length;
      node = child;
    }
  }
}

class TreeNode {
  /** What leads here from the parent. */
  text: string;
  /** First code units of the children's texts, and the children. */
  codes: number[] = [];
  children: TreeNode[] = [];
  /** What follows a whole segment. */
  plus: TreeNode | undefined = undefined;
  endRank = -1;
  prefixRank = -1;
  /** The highest rank here and below: what cannot be better is not walked. */
  mostRank = -1;

  constructor(text: string) {
    this.text = text;
  }

  child(code: number): TreeNode | undefined {
    const { codes } = this;
    for (let index = 0; index < codes.length; index += 1)
      if (codes[index] === code) return this.children[index];
    return undefined;
  }

  /** The node that `text` leads to from here, made if need be; all on the way are added to `path`. */
  grow(text: string, path: TreeNode[]): TreeNode {
    if (text === "") return this;
    const code = text.charCodeAt(0);
    const index = this.codes.indexOf(code);
    let child = this.children[index];
    if (child === undefined) {
      child = new TreeNode(text);
      this.codes.push(code);
      this.children.push(child);
    }
    let shared = 1;
    while (shared < child.text.length && child.text[shared] === text[shared]) shared += 1;
    if (shared < child.text.length) {
      const upper = new TreeNode(child.text.slice(0, shared));
      child.text = child.text.slice(shared);
      upper.codes.push(child.text.charCodeAt(0));
      upper.children.push(child);
      upper.mostRank = child.mostRank;
      this.children[index] = upper;
      child = upper;
    }
    path.push(child);
    return child.grow(text.slice(shared), path);
  }
}
