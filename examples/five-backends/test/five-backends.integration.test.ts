import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { copyExample, type ExampleCopy } from "@kinko/servers/vitest";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { backends, type Backend } from "./backends.js";

const example = dirname(dirname(fileURLToPath(import.meta.url)));
const starts = backends();

/** Of what no store does otherwise. */
const common = [
  "text: text of 20480 bytes, sha256 fd433b4d979089b1…",
  "json: json of 20480 bytes, sha256 0759ff8dbc7766ba…",
  "binary: binary of 20480 bytes, sha256 9c978e83f8c2aa79…",
  "password: now the second, version 1 was the first",
  "names: 500, from five-backends/many/1000 to five-backends/many/1499",
  "values: 500 as they were written",
];

/** Of what some stores do not have. */
const declared = {
  "check-and-set": "check-and-set: an overtaken write is refused",
  undelete: "undelete: a neighbour is back",
};

test("every store that the example's own config names is run", () => {
  const config = parse(readFileSync(join(example, "kinko.config.yaml"), "utf8")) as {
    readonly providers: object;
  };
  expect(Object.keys(config.providers)).toEqual(Object.keys(starts));
});

describe.each(Object.entries(starts))("the example on %s", (name, startBackend) => {
  let copy: ExampleCopy;
  let backend: Backend;

  beforeAll(async () => {
    copy = copyExample(import.meta.url, { config: false });
    if (name === "local") await copy.start("set-up.mjs");
    backend = await startBackend(copy.folder);
    const config = { provider: name, providers: { [name]: backend.options } };
    writeFileSync(join(copy.folder, "kinko.config.yaml"), stringify(config));
  });
  afterAll(async () => {
    await backend.stop();
    copy.remove();
  });

  test("prints the same as on every other, and says what the store does not have", async () => {
    const lines = (await copy.start("app.mjs", backend.env)).trimEnd().split("\n");
    expect(lines.slice(0, common.length)).toEqual(common);
    const expected = Object.entries(declared).map(([what, line]) =>
      backend.without.includes(what)
        ? (expect.stringMatching(`^${what}: not in this store\\. \\w.*\\.$`) as string)
        : line,
    );
    expect(lines.slice(common.length)).toEqual(expected);
  });
});
