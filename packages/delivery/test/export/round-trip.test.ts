import { execFileSync } from "node:child_process";
import { parse as parseHcl } from "@cdktf/hcl2json";
import { isSecretError } from "@kinko/core";
import { parse as parseDotenv } from "dotenv";
import fc from "fast-check";
import { expect, test } from "vitest";
import { parse as parseYaml } from "yaml";
import {
  childEnvironment,
  exportEnvironment,
  parseEnvFile,
  type ExportFormat,
} from "../../src/index.js";
import { environmentOf } from "../support/memory-store.js";

const awkward = [
  "'",
  '"',
  "`",
  "\\",
  "\n",
  "\r",
  "\t",
  " ",
  "#",
  "$",
  "${A}",
  "%{A}",
  "{{a}}",
  "=",
  ":",
  "\\n",
  "\\r",
  "!",
  "&",
  "*",
  "-",
  "é",
  "😀",
  "\u2028",
  "\u0085",
  "\ufeff",
  "\u007f",
  "\u0001",
  "kinko://",
  "no",
];

/** Values as hostile to quoting as they come; never NUL, which no environment has. */
const value = fc.oneof(
  fc.string({ unit: fc.constantFrom(...awkward), maxLength: 12 }),
  fc
    .string({ unit: "binary", maxLength: 40 })
    .filter((text) => text.isWellFormed())
    .map((text) => text.replaceAll("\0", "")),
);

/** 1,000 values, the same at each run; named so that they sort in order. */
const fuzzed = fc.sample(value, { numRuns: 1_000, seed: 20_261_121 });
const named = Object.fromEntries(
  fuzzed.map((text, index) => [`V${String(index).padStart(4, "0")}`, text]),
);

/** Those that a format can carry, each exported on its own. */
function carried(format: ExportFormat): { values: Record<string, string>; refused: number } {
  const values: Record<string, string> = {};
  let refused = 0;
  for (const [name, text] of Object.entries(named)) {
    try {
      exportEnvironment(format, environmentOf({ [name]: text }));
      values[name] = text;
    } catch (error) {
      if (!isSecretError(error, "InvalidValue")) throw error;
      refused += 1;
    }
  }
  return { values, refused };
}

/** What a child process sees, as bytes. */
function seenBy(
  command: string,
  args: readonly string[],
  env: Record<string, string>,
  input?: string,
) {
  const output = execFileSync(command, args, { env, input, maxBuffer: 2 ** 26 });
  const seen: Record<string, string> = {};
  for (const entry of output.toString("utf8").split("\0")) {
    const [name = "", ...rest] = entry.split("=");
    if (/^V\d{4}$/u.test(name)) seen[name] = rest.join("=");
  }
  return seen;
}

test("1,000 values arrive in a child's environment byte for byte", () => {
  const env = childEnvironment(environmentOf(named), { parent: { PATH: process.env["PATH"] } });
  expect(seenBy("env", ["-0"], env)).toEqual(named);
});

test("1,000 values arrive through sh byte for byte", () => {
  const script = `${exportEnvironment("shell", environmentOf(named))}\nexec env -0\n`;
  expect(seenBy("sh", ["-s"], { PATH: process.env["PATH"] ?? "" }, script)).toEqual(named);
});

test("values that dotenv can carry read back exactly, by the dotenv package and here", () => {
  const { values, refused } = carried("dotenv");
  const text = exportEnvironment("dotenv", environmentOf(values));
  expect(parseDotenv(text)).toEqual(values);
  expect(Object.fromEntries(parseEnvFile(text).map((entry) => [entry.name, entry.value]))).toEqual(
    values,
  );
  expect(Object.keys(values).length + refused).toBe(1_000);
  expect(refused).toBeLessThan(400);
});

test("a single quote alone asks for double quotes, which every reader of env files knows", () => {
  const values = { NOTE: "it's\nfine" };
  const text = exportEnvironment("dotenv", environmentOf(values));
  expect(text).toBe(`NOTE="it's\nfine"\n`);
  expect(parseDotenv(text)).toEqual(values);
});

test("a text of several lines with either quote survives dotenv", () => {
  const key = "-----BEGIN KEY-----\nabc+/=\n-----END KEY-----\n";
  const values = { KEY: key, QUOTED: `it's\n"so"`, WINDOWS: "C:\\temp\\", CRLF: "a\r\nb" };
  expect(parseDotenv(exportEnvironment("dotenv", environmentOf(values)))).toEqual(values);
});

test.each<[ExportFormat, (text: string) => unknown]>([
  ["json", (text) => JSON.parse(text) as unknown],
  ["yaml", (text) => parseYaml(text) as unknown],
  ["yaml", (text) => parseYaml(text, { version: "1.1" }) as unknown],
])("1,000 values read back from %s", (format, read) => {
  expect(read(exportEnvironment(format, environmentOf(named)))).toEqual(named);
});

test("keys that YAML could take for something else stay words", () => {
  const values = { NO: "no", ON: "on", Y: "y", NULL: "null", _1: "0x1", TRUE: "2020-01-01" };
  const text = exportEnvironment("yaml", environmentOf(values));
  expect(parseYaml(text, { version: "1.1" })).toEqual(values);
  expect(parseYaml(text)).toEqual(values);
});

test("1,000 values read back from a Secret of Kubernetes, and binary too", () => {
  const bytes = fc.sample(fc.uint8Array({ maxLength: 64 }), { numRuns: 200, seed: 1 });
  const binary = Object.fromEntries(bytes.map((data, index) => [`B${index}`, data]));
  const manifest = parseYaml(
    exportEnvironment("kubernetes", environmentOf({ ...named, ...binary }), { name: "fuzz" }),
  ) as { data: Record<string, string> };
  const read = Object.entries(manifest.data).map(([name, text]) => [
    name,
    Buffer.from(text, "base64"),
  ]);
  const expected = Object.entries({ ...named, ...binary }).map(([name, data]) => [
    name,
    Buffer.from(data as string),
  ]);
  expect(Object.fromEntries(read)).toEqual(Object.fromEntries(expected));
});

test("values read back from tfvars, templates in them are text", async () => {
  const { values, refused } = carried("tfvars");
  const templates = { A: "$${a}", B: "$$${a}", C: "%%{if}", D: "${", E: "\\${a}\\u0024{" };
  const all = { ...values, ...templates };
  const read = await parseHcl("fuzz.tfvars", exportEnvironment("tfvars", environmentOf(all)));
  // The parser answers in the JSON syntax of HCL, which marks literal templates by a doubled sign.
  const literal = Object.entries(read).map(([name, text]) => [
    name,
    String(text).replaceAll("$${", "${").replaceAll("%%{", "%{"),
  ]);
  expect(Object.fromEntries(literal)).toEqual(all);
  expect(refused).toBeLessThan(100);
});

test("text that Terraform would change is refused", () => {
  expect(() => exportEnvironment("tfvars", environmentOf({ A: "e\u0301" }))).toThrow(
    expect.objectContaining({ code: "InvalidValue", reason: "not-representable" }),
  );
});
