/**
 * Whether an object in a JSON text has a key twice, however it is escaped. `JSON.parse` keeps the
 * last and says nothing; it also hides where, and a YAML parser, which would tell, takes more than
 * JSON.
 *
 * @param text valid JSON; for other text the answer means nothing
 */
export function hasRepeatedKey(text: string): boolean {
  /** Keys of the objects that are open; undefined stands for an array. */
  const open: (Set<string> | undefined)[] = [];
  let keyNext = false;
  for (let at = 0; at < text.length; at += 1) {
    switch (text[at]) {
      case "{":
        open.push(new Set());
        keyNext = true;
        break;
      case "[":
        open.push(undefined);
        keyNext = false;
        break;
      case "}":
      case "]":
        open.pop();
        keyNext = false;
        break;
      case ",":
        keyNext = open.at(-1) !== undefined;
        break;
      case '"': {
        const end = endOfString(text, at);
        if (keyNext) {
          const keys = open.at(-1);
          const key = JSON.parse(text.slice(at, end + 1)) as string;
          if (keys?.has(key) === true) return true;
          keys?.add(key);
          keyNext = false;
        }
        at = end;
        break;
      }
      default:
    }
  }
  return false;
}

/** Where the quote is that closes a string. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
  return at;
}
