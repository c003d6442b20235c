import { parseHcl } from "./parse-hcl.js";
import { parseJson } from "./parse-json.js";
import type { SyntaxTree } from "./syntax.js";

// What Go calls space, which JavaScript's \s is not.
const startsAsJson =
  /^[\t\n\v\f\r \u0085\u00A0\u1680\u2000-\u200A\u2028\u2029\u202F\u205F\u3000]*\{/u;

/**
 * Reads HCL or JSON; a text that starts with `{` is JSON.
 * @throws PolicySyntaxError
 */
export function parseSyntax(source: string): SyntaxTree {
  return startsAsJson.test(source) ? parseJson(source) : parseHcl(source);
}
