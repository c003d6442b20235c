import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { provider as memory } from "@kinko/testing/memory";
import { defineProvider } from "../../src/index.js";
import type { ProviderFactory } from "../../src/index.js";
import { configJsonSchema } from "../../src/config/index.js";

interface Json {
  readonly [key: string]: Json;
}

const create: ProviderFactory["create"] = (_options, context) => memory.create({}, context);

describe("the JSON Schema of the config", () => {
  test("describes every setting and refuses unknown ones, as the config itself does", async () => {
    const schema = (await configJsonSchema()) as unknown as Json;
    expect(schema).toMatchObject({
      $schema: "https://json-schema.org/draft/2020-12/schema",
      type: "object",
      additionalProperties: false,
      properties: {
        provider: { type: "string" },
        routes: {
          type: "array",
          items: { additionalProperties: false, required: ["prefix", "provider"] },
        },
        timeoutMs: { type: "integer", minimum: 1 },
      },
    });
    expect(Object.keys(schema["properties"] ?? {})).toEqual([
      "$schema",
      "provider",
      "providers",
      "routes",
      "resilience",
      "leases",
      "timeoutMs",
    ]);
    expect(schema["required"]).toEqual([]);
  });

  test("holds the options of the providers that are given, and `use`", async () => {
    const schema = (await configJsonSchema([memory])) as unknown as Json;
    expect(schema["properties"]?.["providers"]?.["properties"]?.["memory"]).toMatchObject({
      type: "object",
      additionalProperties: false,
      properties: {
        use: { type: "string" },
        resilience: { $ref: "#/properties/resilience" },
        latencyMs: { type: "integer" },
        secrets: { type: "object" },
      },
    });
  });

  test("takes what an option may be written as, not what becomes of it", async () => {
    const options = v.strictObject({ port: v.pipe(v.string(), v.transform(Number)) });
    const provider = defineProvider({
      name: "x",
      options,
      create: (_options, context) => memory.create({}, context),
    });
    const schema = (await configJsonSchema([provider])) as unknown as Json;
    expect(
      schema["properties"]?.["providers"]?.["properties"]?.["x"]?.["properties"],
    ).toMatchObject({ port: { type: "string" } });
  });

  test("asks schemas of other libraries for their own, and allows anything without one", async () => {
    const standard = {
      version: 1,
      vendor: "other",
      validate: (value: unknown) => ({ value }),
    } as const;
    const own = { type: "object", properties: { a: { type: "number" } } };
    const telling = { "~standard": { ...standard, jsonSchema: { input: () => own } } };
    const schema = (await configJsonSchema([
      defineProvider({ name: "telling", options: telling, create }),
      defineProvider({ name: "silent", options: { "~standard": standard }, create }),
    ])) as unknown as Json;
    expect(schema["properties"]?.["providers"]?.["properties"]).toEqual({
      telling: {
        type: "object",
        properties: {
          use: { type: "string" },
          resilience: { $ref: "#/properties/resilience" },
          a: { type: "number" },
        },
      },
      silent: {
        type: "object",
        properties: { use: { type: "string" }, resilience: { $ref: "#/properties/resilience" } },
      },
    });
  });
});
