import { createCanary, expectClean } from "@kinko/testing";
import { describe, expect, test } from "vitest";
import { exportEnvironment, exportFormats, type ExportFormat } from "../../src/index.js";
import { environmentOf } from "../support/memory-store.js";

const environment = environmentOf({ USER: "app", PASSWORD: "it's $5", KEY: "a\nb" });

test.each<[ExportFormat, string]>([
  ["dotenv", "KEY='a\nb'\nPASSWORD=`it's $5`\nUSER=app\n"],
  ["shell", "export KEY='a\nb'\nexport PASSWORD='it'\\''s $5'\nexport USER='app'\n"],
  ["json", '{\n  "KEY": "a\\nb",\n  "PASSWORD": "it\'s $5",\n  "USER": "app"\n}\n'],
  ["yaml", '"KEY": "a\\nb"\n"PASSWORD": "it\'s $5"\n"USER": "app"\n'],
  ["tfvars", 'KEY = "a\\nb"\nPASSWORD = "it\'s $5"\nUSER = "app"\n'],
])("%s is sorted and ends with a line end", (format, text) => {
  expect(exportEnvironment(format, environment)).toBe(text);
});

test("kubernetes is a Secret with base64 data, and carries binary", () => {
  const text = exportEnvironment(
    "kubernetes",
    environmentOf({ B: Buffer.from([0, 255]), A: "a" }),
    {
      name: "my-app.v1",
      namespace: "prod",
    },
  );
  expect(text).toBe(
    [
      "apiVersion: v1",
      "kind: Secret",
      "metadata:",
      '  name: "my-app.v1"',
      '  namespace: "prod"',
      "type: Opaque",
      "data:",
      '  "A": "YQ=="',
      '  "B": "AP8="',
      "",
    ].join("\n"),
  );
});

test.each([
  [{}],
  [{ name: "" }],
  [{ name: "Upper" }],
  [{ name: "a..b" }],
  [{ name: "-a" }],
  [{ name: 'a"\ndata: {}' }],
  [{ name: "a".repeat(254) }],
  [{ name: "ok", namespace: "a.b" }],
  [{ name: "ok", namespace: "" }],
  [{ name: "ok", namespace: "a".repeat(64) }],
])("kubernetes refuses the name %j", (options) => {
  expect(() => exportEnvironment("kubernetes", environment, options)).toThrow(
    expect.objectContaining({ code: "Config", reason: "kubernetes-name" }),
  );
});

test("docker has no quotes", () => {
  expect(exportEnvironment("docker", environmentOf({ A: ' "x" # y ', B: "" }))).toBe(
    'A= "x" # y \nB=\n',
  );
});

describe("an empty environment", () => {
  test.each<[ExportFormat, string]>([
    ["dotenv", ""],
    ["shell", ""],
    ["json", "{}\n"],
    ["yaml", "{}\n"],
    ["docker", ""],
    ["tfvars", ""],
  ])("is valid %s", (format, text) => {
    expect(exportEnvironment(format, environmentOf({}))).toBe(text);
  });

  test("is a valid Secret of Kubernetes", () => {
    expect(exportEnvironment("kubernetes", environmentOf({}), { name: "a" })).toMatch(
      /\ndata: \{\}\n$/u,
    );
  });
});

describe("what a format cannot carry is refused without its value", () => {
  const canary = createCanary();
  test.each<[ExportFormat, string | Uint8Array, string]>([
    ["docker", `${canary.value}\n`, "not-representable"],
    ["docker", `${canary.value}\r`, "not-representable"],
    ["docker", `${canary.value}\0`, "nul-in-value"],
    ["shell", `${canary.value}\0`, "nul-in-value"],
    ["dotenv", `${canary.value}\0`, "nul-in-value"],
    ["dotenv", `${canary.value}'\`"\\n`, "not-representable"],
    ["dotenv", `${canary.value} \\`, "not-representable"],
    ["dotenv", `${canary.value}"\r`, "not-representable"],
    ...exportFormats
      .filter((format) => format !== "kubernetes")
      .map((format): [ExportFormat, Uint8Array, string] => [
        format,
        Buffer.from(canary.value),
        "binary-value",
      ]),
  ])("%s, case %#", (format, value, reason) => {
    let failure: unknown;
    try {
      exportEnvironment(format, environmentOf({ A: "fine", KEY: value }));
    } catch (error) {
      failure = error;
    }
    expect(failure).toMatchObject({ code: "InvalidValue", reason });
    expect((failure as Error).message).toContain("KEY (test/KEY)");
    expectClean(failure, canary);
  });
});

test("an unknown format is refused with the known ones", () => {
  expect(() => exportEnvironment("xml" as ExportFormat, environment)).toThrow(
    /Choose one of dotenv, shell, json/u,
  );
});
