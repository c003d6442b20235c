import fc from "fast-check";
import { hostileNames } from "@kinko/testing";
import { hostileText } from "../arbitraries.js";

/** Names that try to close a string, add a rule, be a glob or a template, or leave their folder. */
export const hostileParameters: readonly string[] = [
  "",
  ".",
  "..",
  "a..b",
  "/a",
  "a/",
  "a//b",
  "*",
  "a*",
  "+",
  "a/+/b",
  "{{identity.entity.name}}",
  "}}",
  '"',
  'a" { capabilities = ["sudo"] }\npath "b',
  "a\nb",
  "a\r",
  "a\0b",
  "a\\",
  "${a}",
  "a#b",
  "a;b",
  "a b",
  " a",
  "a%2fb",
  "%2e%2e",
  "a?b",
  "<<EOF",
  "é".normalize("NFD"),
  "a\u200Bb",
  "a\u202Eb",
  "\uD800",
  "a".repeat(129),
  ".hidden",
  "-flag",
];

/** Any of them, what else is hostile, and what happens to be plain. */
export const parameter: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...hostileParameters),
  fc.constantFrom(...hostileNames),
  hostileText,
  fc.stringMatching(/^[a-z][a-z0-9_-]{0,8}[a-z]$/u),
);
