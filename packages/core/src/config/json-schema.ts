import type { ProviderFactory } from "../provider.js";
import { configSchema } from "./schema.js";

type JsonSchema = Record<string, unknown>;

/**
 * JSON Schema (draft 2020-12) of the config file, for editors. The options of the given providers
 * are part of it; entries of other providers are not checked by it.
 *
 * @example
 * const schema = await configJsonSchema([localProvider, vaultProvider]);
 */
export async function configJsonSchema(
  providers: readonly ProviderFactory[] = [],
): Promise<JsonSchema> {
  const { toJsonSchema } = await import("@valibot/to-json-schema");
  const convert = (schema: unknown): JsonSchema => {
    const converted = toJsonSchema(schema as typeof configSchema, {
      target: "draft-2020-12",
      errorMode: "ignore",
      typeMode: "input",
    });
    return Object.fromEntries(Object.entries(converted).filter(([key]) => key !== "$schema"));
  };
  const base = convert(configSchema);
  const properties = base["properties"] as JsonSchema;
  const entries = Object.fromEntries(
    providers.map((factory) => [factory.name, withOwn(optionsSchema(factory, convert))]),
  );
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "Kinko config",
    ...base,
    properties: {
      ...properties,
      providers: { ...(properties["providers"] as JsonSchema), properties: entries },
    },
  };
}

function optionsSchema(
  factory: ProviderFactory,
  convert: (schema: unknown) => JsonSchema,
): JsonSchema {
  const standard = factory.options["~standard"] as {
    readonly vendor: string;
    readonly jsonSchema?: { input(options: { target: string }): JsonSchema };
  };
  if (standard.vendor === "valibot") return convert(factory.options);
  return standard.jsonSchema?.input({ target: "draft-2020-12" }) ?? { type: "object" };
}

/** With the settings of an entry that core reads itself. */
function withOwn(schema: JsonSchema): JsonSchema {
  const properties = (schema["properties"] ?? {}) as JsonSchema;
  return {
    ...schema,
    properties: {
      use: { type: "string" },
      resilience: { $ref: "#/properties/resilience" },
      ...properties,
    },
  };
}
