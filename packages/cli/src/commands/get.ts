import { formatRef, parseRef, type JsonValue, type Secret, type SecretRef } from "@kinko/core";
import type { Command, CommandContext } from "../command.js";
import { usageError } from "../errors.js";
import { exitCodes } from "../exit-codes.js";
import { writeFileAtomically } from "../files/write-file.js";
import type { ParsedInput } from "../input/parse-arguments.js";
import { formatPairs } from "../output/table.js";
import { summaries } from "./summaries.js";

/** Always the same, so that it does not tell the length of the value. */
const mask = "●●●●●●●●";

export const command: Command = {
  spec: {
    name: "get",
    summary: summaries.get,
    details: [
      "Without --reveal only the name, version, tags and field names are shown, also in a pipe. With --reveal the exact bytes of the value go to stdout, without a line end unless stdout is a terminal.",
    ],
    arguments: [
      {
        name: "REF",
        description: "path[#field][@version], such as prod/app/db#password",
        completes: "secret",
      },
    ],
    options: [
      { name: "reveal", description: "write the value" },
      { name: "field", value: "NAME", description: "a field of a JSON secret, like #NAME in REF" },
      {
        name: "output",
        short: "o",
        value: "FILE",
        description: "write the value to a file that only you can read",
        completes: "file",
      },
      { name: "newline", description: "end the value with a line end" },
      { name: "no-newline", description: "never add a line end" },
    ],
    examples: [
      { command: "kinko get prod/app/db", does: "what is known about a secret, without its value" },
      { command: "kinko get prod/app/db#password --reveal", does: "the value of one field" },
      {
        command: "kinko get prod/app/tls@3 --output tls.pem",
        does: "an older version, into a file with mode 0600",
      },
      { command: "kinko get prod/app/db --reveal --json", does: "value and metadata for a script" },
    ],
  },
  run: get,
};

async function get(context: CommandContext, input: ParsedInput): Promise<number> {
  const { output, globals } = context;
  const ref = refOf(input);
  const store = await context.openStore();
  const secret = await store.get(ref);
  try {
    const file = input.text("output");
    if (file !== undefined) await toFile(context, secret, file);
    else if (globals.json) await output.json(describe(secret, ref, input.flag("reveal")));
    else if (input.flag("reveal")) await reveal(context, secret, input);
    else await showMasked(context, secret, ref);
    return exitCodes.Ok;
  } finally {
    secret.dispose();
  }
}

function refOf(input: ParsedInput): SecretRef {
  const ref = parseRef(input.args[0] as string);
  const field = input.text("field");
  if (field === undefined) return ref;
  if (ref.field !== undefined) {
    throw usageError(
      "The field is given twice.",
      "conflicting-options",
      "Write #field or --field.",
    );
  }
  return parseRef({ path: ref.path, field, version: ref.version });
}

async function toFile(context: CommandContext, secret: Secret, file: string): Promise<void> {
  if (context.globals.dryRun) {
    context.output.note(`Would write the value to ${file}.`);
    return;
  }
  const bytes = secret.bytes();
  try {
    await writeFileAtomically(file, bytes, { cwd: context.io.cwd });
  } finally {
    bytes.fill(0);
  }
  context.output.note(`Wrote the value to ${file}, readable only by you.`);
}

async function reveal(context: CommandContext, secret: Secret, input: ParsedInput): Promise<void> {
  const { output } = context;
  if (secret.kind === "binary" && output.isTerminal) {
    throw usageError(
      "The value is binary and would upset the terminal.",
      "binary-to-terminal",
      "Write it to a file with --output, or into a pipe.",
    );
  }
  const bytes = secret.bytes();
  try {
    await output.data(bytes);
  } finally {
    bytes.fill(0);
  }
  const newline = input.flag("newline") || (output.isTerminal && !input.flag("no-newline"));
  if (newline) await output.data("\n");
}

async function showMasked(context: CommandContext, secret: Secret, ref: SecretRef): Promise<void> {
  const { output, globals } = context;
  const { metadata } = secret;
  const fields = secret.fieldNames();
  const pairs: [string, string][] = [
    ["name", formatRef(ref)],
    ["value", mask],
    ["kind", secret.kind],
    ...(fields.length > 0 ? [["fields", fields.join(", ")] as [string, string]] : []),
    ...(metadata?.version === undefined ? [] : [["version", metadata.version] as [string, string]]),
    ...(metadata?.createdAt === undefined
      ? []
      : [["created", metadata.createdAt.toISOString()] as [string, string]]),
    ...Object.entries(metadata?.tags ?? {}).map(
      ([name, value]) => [`tag ${name}`, value] as [string, string],
    ),
    ["store", metadata?.provider ?? ""],
  ];
  if (globals.plain) await output.records(pairs);
  else await output.data(formatPairs(pairs, output.style));
  output.note("The value is masked; --reveal shows it.");
}

function describe(secret: Secret, ref: SecretRef, revealed: boolean): Record<string, JsonValue> {
  const { metadata } = secret;
  return {
    ref: formatRef(ref),
    kind: secret.kind,
    fields: secret.fieldNames(),
    version: metadata?.version ?? null,
    createdAt: metadata?.createdAt?.toISOString() ?? null,
    tags: { ...metadata?.tags },
    store: metadata?.provider ?? null,
    masked: !revealed,
    ...(revealed ? valueOf(secret) : {}),
  };
}

function valueOf(secret: Secret): Record<string, JsonValue> {
  switch (secret.kind) {
    case "binary": {
      const bytes = secret.bytes();
      const valueBase64 = bytes.toString("base64");
      bytes.fill(0);
      return { valueBase64 };
    }
    case "json":
      return { value: secret.json() };
    default:
      return { value: secret.text() };
  }
}
