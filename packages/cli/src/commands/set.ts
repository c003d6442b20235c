import {
  formatRef,
  InvalidValueError,
  isSecretError,
  parseRef,
  Secret,
  type SecretKind,
  type SecretRef,
} from "@kinko/core";
import type { Command, CommandContext } from "../command.js";
import { usageError } from "../errors.js";
import { exitCodes } from "../exit-codes.js";
import type { ParsedInput } from "../input/parse-arguments.js";
import { readFileBytes, readStdin, withoutLineEnd } from "../input/read-bytes.js";
import { hasRepeatedKey } from "../input/repeated-key.js";
import { readTags } from "../input/tags.js";
import { askHiddenTwice, canAsk } from "../prompt/ask.js";
import { summaries } from "./summaries.js";

export const command: Command = {
  spec: {
    name: "set",
    summary: summaries.set,
    details: [
      "The value comes from stdin or, in a terminal, from a prompt that does not show it. It is never an argument: other users can see those with ps, and shells keep them in their history. From stdin one line end at the end is dropped, unless --keep-newline; a file is taken as it is.",
    ],
    arguments: [
      {
        name: "REF",
        description: "path[#field]; with a field only that field changes",
        completes: "secret",
      },
    ],
    options: [
      {
        name: "from-file",
        value: "FILE",
        description: "take the value from a file",
        completes: "file",
      },
      {
        name: "kind",
        value: "KIND",
        description: "what the value is (default text)",
        choices: ["text", "json", "binary"],
      },
      { name: "keep-newline", description: "keep the line end at the end of stdin" },
      { name: "allow-empty", description: "accept an empty value" },
      { name: "if-version", value: "ID", description: "only when this is the newest version" },
      { name: "if-absent", description: "only when there is no such secret" },
      {
        name: "tag",
        value: "NAME=VALUE",
        repeatable: true,
        description: "set tags, replacing all it has",
      },
    ],
    examples: [
      { command: "kinko set prod/app/db#password", does: "ask for the value, twice" },
      {
        command: "openssl rand -base64 32 | kinko set prod/app/session-key",
        does: "take it from another program",
      },
      {
        command: "kinko set prod/app/tls --from-file tls.pem --tag owner=platform",
        does: "take it from a file",
      },
      {
        command: "kinko set prod/app/db --kind json --if-version 3 < db.json",
        does: "only if nobody changed it meanwhile",
      },
    ],
    tooMany:
      "A value as an argument is refused, since ps and the shell history would show it: pipe it in on stdin, use --from-file, or leave it out to be asked. If it was a real secret, change it now.",
  },
  run: set,
};

async function set(context: CommandContext, input: ParsedInput): Promise<number> {
  const { output, globals } = context;
  const ref = parseRef(input.args[0] as string);
  const ifVersion = condition(input);
  const tags = readTags(input.list("tag"));
  const store = await context.openStore();
  const secret = await readValue(context, input, ref);
  try {
    if (globals.dryRun) {
      output.note(`Would write ${formatRef(ref)} (${secret.kind}).`);
      return exitCodes.Ok;
    }
    const { version } = await store.put(ref, secret, { ifVersion, tags });
    if (globals.json) {
      await output.json({ ref: formatRef(ref), kind: secret.kind, version: version ?? null });
    } else if (globals.plain) {
      await output.records([[formatRef(ref), version ?? ""]]);
    } else {
      const suffix = version === undefined ? "" : `, version ${version}`;
      output.note(`Wrote ${formatRef(ref)}${suffix}.`);
    }
    return exitCodes.Ok;
  } finally {
    secret.dispose();
  }
}

function condition(input: ParsedInput): string | undefined {
  const version = input.text("if-version");
  if (!input.flag("if-absent")) return version;
  if (version === undefined) return "absent";
  throw usageError(
    "--if-absent and --if-version exclude each other.",
    "conflicting-options",
    "Give one of them.",
  );
}

async function readValue(
  context: CommandContext,
  input: ParsedInput,
  ref: SecretRef,
): Promise<Secret> {
  const { io } = context;
  const kind = (input.text("kind") ?? "text") as SecretKind;
  const file = input.text("from-file");
  if (file === undefined && canAsk(io)) {
    const answer = await askHiddenTwice(io, `Value of ${formatRef(ref)}`);
    return makeSecret(Buffer.from(answer), kind, input);
  }
  if (file !== undefined) return makeSecret(await readFileBytes(io, file), kind, input);
  const bytes = await readStdin(io);
  const keep = kind === "binary" || input.flag("keep-newline");
  return makeSecret(keep ? bytes : withoutLineEnd(bytes), kind, input);
}

function makeSecret(bytes: Buffer, kind: SecretKind, input: ParsedInput): Secret {
  try {
    if (bytes.byteLength === 0 && !input.flag("allow-empty")) {
      throw usageError(
        "The value is empty; nothing was written.",
        "empty-value",
        "Check what was piped in, or add --allow-empty if it is meant to be empty.",
      );
    }
    const secret = Secret.fromBytes(bytes, kind);
    // After the parser, which refuses what is no JSON at all.
    if (kind !== "json" || !hasRepeatedKey(bytes.toString("utf8"))) return secret;
    secret.dispose();
    throw new InvalidValueError("The JSON has an object with a key twice; nothing was written.", {
      operation: "put",
      reason: "repeated-key",
      advice: "Keep one of the two.",
    });
  } catch (error) {
    if (kind !== "text" || !isSecretError(error, "InvalidValue")) throw error;
    throw new InvalidValueError("The value is not UTF-8 text; nothing was written.", {
      operation: "put",
      reason: "not-text",
      advice: "Add --kind binary to store its bytes as they are.",
    });
  } finally {
    bytes.fill(0);
  }
}
