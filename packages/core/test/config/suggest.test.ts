import { expect, test } from "vitest";
import { didYouMean, suggest } from "../../src/config/suggest.js";

test.each([
  ["vualt", "vault"],
  ["Vault", "vault"],
  ["valt", "vault"],
  ["vaults", "vault"],
  ["lcoal", "local"],
  ["awz", "aws"],
])("%s was meant to be %s", (word, expected) => {
  expect(suggest(word, ["aws", "gcp", "local", "vault"])).toBe(expected);
});

test.each(["memory", "", "vlaut", "gs"])("%j is near to nothing", (word) => {
  expect(suggest(word, ["aws", "local", "vault"])).toBeUndefined();
  expect(didYouMean(word, ["aws", "local", "vault"])).toBe("");
});

test("a suggestion is a sentence to be put behind another", () => {
  expect(didYouMean("vualt", ["vault"])).toBe(' Did you mean "vault"?');
});
