/** A fenced block of a Markdown page. */
export interface CodeBlock {
  /** The word after the fence, such as `ts`; empty when there is none. */
  readonly language: string;
  readonly text: string;
  /** The file that the block shows, from a comment `<!-- file: path -->` on the line before it. */
  readonly file: string | undefined;
  /** Of the fence, counted from 1. */
  readonly line: number;
}

/**
 * The fenced blocks of a Markdown page.
 *
 * @throws Error for a fence that is not closed, or a file comment without a block
 */
export function codeBlocks(page: string): CodeBlock[] {
  const blocks: CodeBlock[] = [];
  const lines = page.split("\n");
  let file: string | undefined;
  for (let index = 0; index < lines.length; index += 1) {
    const fence = /^(`{3,})(\S*)/u.exec(lines[index] ?? "");
    if (fence === null) {
      if (file !== undefined) throw new Error(`Line ${index} names ${file}, but no block follows.`);
      file = /^<!-- file: (\S+) -->$/u.exec(lines[index] ?? "")?.[1];
      continue;
    }
    const end = lines.indexOf(fence[1] ?? "", index + 1);
    if (end === -1) throw new Error(`The block on line ${index + 1} is not closed.`);
    const text = lines.slice(index + 1, end).map((line) => `${line}\n`);
    blocks.push({ language: fence[2] ?? "", text: text.join(""), file, line: index + 1 });
    file = undefined;
    index = end;
  }
  return blocks;
}
