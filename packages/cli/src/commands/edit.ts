import {
  formatRef,
  isSecretError,
  parseRef,
  Secret,
  type SecretKind,
  type SecretRef,
  type SecretStore,
} from "@kinko/core";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Command, CommandContext } from "../command.js";
import { CliError, usageError } from "../errors.js";
import { exitCodes } from "../exit-codes.js";
import { runEditor } from "../edit/run-editor.js";
import { makePrivateFolder } from "../files/private-folder.js";
import type { ParsedInput } from "../input/parse-arguments.js";
import { askChoice, canAsk } from "../prompt/ask.js";
import { summaries } from "./summaries.js";

export const command: Command = {
  spec: {
    name: "edit",
    summary: summaries.edit,
    details: [
      "The value is put into a file in memory (/dev/shm) that only you can read, for as long as $VISUAL or $EDITOR runs; then it is overwritten and removed. Where there is no such place, kinko edit refuses, unless --allow-disk accepts that the value touches a disk. Editors may keep copies of their own (swap files, undo files): switch them off for /dev/shm. Nothing is written when nothing changed, or when somebody else changed the secret meanwhile.",
    ],
    arguments: [
      { name: "REF", description: "path of the secret; it need not exist", completes: "secret" },
    ],
    options: [
      {
        name: "kind",
        value: "KIND",
        description: "kind of a secret that is new (default text)",
        choices: ["text", "json"],
      },
      { name: "allow-disk", description: "accept a temporary file on disk" },
    ],
    examples: [
      { command: "kinko edit prod/app/db", does: "change a JSON secret by hand" },
      { command: "EDITOR='code --wait' kinko edit prod/app/tls", does: "in another editor" },
    ],
  },
  run: edit,
};

async function edit(context: CommandContext, input: ParsedInput): Promise<number> {
  const { output, globals } = context;
  const ref = parseRef(input.args[0] as string);
  if (ref.field !== undefined || ref.version !== undefined) {
    throw usageError(
      "kinko edit takes whole secrets.",
      "unexpected-field",
      "Leave out #field and @version; set a single field with kinko set.",
    );
  }
  const store = await context.openStore();
  const current = await store.tryGet(ref);
  try {
    if (current?.kind === "binary") {
      throw usageError(
        "A binary secret cannot be edited as text.",
        "binary-secret",
        "Write it with kinko set --from-file.",
      );
    }
    const kind = current?.kind ?? ((input.text("kind") ?? "text") as SecretKind);
    const changed = await inEditor(context, input, { ref, kind, store, current });
    const version = changed === undefined || changed === "" ? null : changed;
    if (globals.json) {
      const written = changed !== undefined && !globals.dryRun;
      await output.json({
        ref: formatRef(ref),
        kind,
        changed: changed !== undefined,
        written,
        version,
      });
    } else if (changed === undefined) output.note("Nothing changed; nothing was written.");
    else if (globals.dryRun) output.note("Would write the changed value.");
    else output.note(`Wrote ${formatRef(ref)}${version === null ? "" : `, version ${version}`}.`);
    return exitCodes.Ok;
  } finally {
    current?.dispose();
  }
}

interface Editing {
  readonly ref: SecretRef;
  readonly kind: SecretKind;
  readonly store: SecretStore;
  readonly current: Secret | undefined;
}

/** Returns the version that was written, or undefined when nothing changed. */
async function inEditor(
  context: CommandContext,
  input: ParsedInput,
  editing: Editing,
): Promise<string | undefined> {
  const { current, kind } = editing;
  const folder = await makePrivateFolder(input.flag("allow-disk"));
  const file = join(folder.path, kind === "json" ? "secret.json" : "secret.txt");
  const shown = shownText(current, kind);
  const before = current ?? Secret.fromBytes(Buffer.from(shown), kind);
  try {
    await writeFile(file, shown, { mode: 0o600, flag: "wx" });
    for (;;) {
      await runEditor(context.io, folder, file);
      const edited = await readEdited(context, file, kind, current);
      if (edited === "again") continue;
      // Also for a secret that is new: leaving the editor without a change makes none.
      if (edited.equals(before)) return undefined;
      if (context.globals.dryRun) return "";
      const version = await save(context, editing, edited);
      if (version !== "again") return version;
    }
  } finally {
    await folder.remove(file);
  }
}

function shownText(current: Secret | undefined, kind: SecretKind): string {
  if (kind !== "json") return current?.text() ?? "";
  return `${JSON.stringify(current?.json() ?? {}, null, 2)}\n`;
}

/** The edited value; JSON that does not parse goes back to the editor instead of being lost. */
async function readEdited(
  context: CommandContext,
  file: string,
  kind: SecretKind,
  current: Secret | undefined,
): Promise<Secret | "again"> {
  const bytes = await readFile(file);
  try {
    return Secret.fromBytes(sameLineEnd(bytes, kind, current), kind);
  } catch (error) {
    if (!isSecretError(error, "InvalidValue") || !canAsk(context.io)) throw error;
    context.output.warn(error.message);
    const choice = await askChoice(context.io, "The edit cannot be stored as it is", [
      { value: "again", label: "edit again" },
      { value: "drop", label: "drop the edit" },
    ]);
    if (choice === "drop") throw declined();
    return "again";
  } finally {
    bytes.fill(0);
  }
}

/** Editors end a text with a line end; one that was not there before does not count. */
function sameLineEnd(bytes: Buffer, kind: SecretKind, current: Secret | undefined): Buffer {
  if (kind === "json" || bytes.at(-1) !== 0x0a) return bytes;
  const before = current?.bytes();
  const had = before?.at(-1) === 0x0a;
  before?.fill(0);
  return had ? bytes : bytes.subarray(0, -1);
}

async function save(
  context: CommandContext,
  { ref, store, current }: Editing,
  edited: Secret,
): Promise<string> {
  const guarded = store.capabilities.features.checkAndSet.support !== "unsupported";
  const expected = current === undefined ? "absent" : current.metadata?.version;
  try {
    const ifVersion = guarded ? expected : undefined;
    return (await store.put(ref, edited, { ifVersion })).version ?? "";
  } catch (error) {
    const met = isSecretError(error, "Conflict") || isSecretError(error, "AlreadyExists");
    if (!canAsk(context.io)) throw error;
    // Whatever the reason: what was typed is nowhere else, so it is not thrown away unasked.
    if (!met) return await keepOrDrop(context, error);
    const choice = await askChoice(
      context.io,
      "Somebody else changed the secret while you edited it",
      [
        { value: "again", label: "back to the editor" },
        { value: "overwrite", label: "write your version over theirs" },
        { value: "drop", label: "drop the edit" },
      ],
    );
    if (choice === "again") return "again";
    if (choice === "drop") throw declined();
    return (await store.put(ref, edited)).version ?? "";
  } finally {
    edited.dispose();
  }
}

/** After a write that failed: back to the editor, or the failure itself. */
async function keepOrDrop(context: CommandContext, error: unknown): Promise<"again"> {
  if (isSecretError(error)) context.output.warn(error.message);
  const choice = await askChoice(context.io, "The edit could not be written", [
    { value: "again", label: "back to the editor, and try again" },
    { value: "drop", label: "drop the edit" },
  ]);
  if (choice === "drop") throw error;
  return "again";
}

function declined(): CliError {
  return new CliError("Declined", "The edit was dropped; nothing was written.", {
    reason: "declined",
    advice: "Run kinko edit again to begin anew.",
  });
}
