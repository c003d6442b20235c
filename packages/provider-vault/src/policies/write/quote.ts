import { invalidPolicy } from "../errors.js";

/** Characters that are escaped: controls, format and other invisible ones, and HCL's own. */
const unsafe = /["\\\p{C}\u2028\u2029\uFFFD]|\$(?=\{)/gu;
const short: Readonly<Record<string, string>> = {
  '"': '\\"',
  "\\": "\\\\",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
};

/**
 * A text in quotes, for HCL and for JSON as Vault reads it. Nothing in it can end the string, start
 * an interpolation or a new rule.
 * @throws InvalidValueError for half of a surrogate pair, which is no text
 */
export function quote(text: string, json = false): string {
  if (/\p{Surrogate}/u.test(text)) {
    throw invalidPolicy(
      "A policy has a text that is not Unicode.",
      "invalid-text",
      "Remove the half of a surrogate pair.",
    );
  }
  return `"${text.replace(unsafe, (character) => escapeOne(character, json))}"`;
}

function escapeOne(character: string, json: boolean): string {
  const known = short[character];
  if (known !== undefined) return known;
  const point = character.codePointAt(0) ?? 0;
  // JSON has no \U, and its strings have no interpolation.
  if (point > 0xff_ff) return json ? character : `\\U${point.toString(16).padStart(8, "0")}`;
  if (json && character === "$") return character;
  return `\\u${point.toString(16).padStart(4, "0")}`;
}
