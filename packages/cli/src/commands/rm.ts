import { formatRef, parseRef, type SecretRef, type SecretStore } from "@kinko/core";
import type { Command, CommandContext } from "../command.js";
import { usageError } from "../errors.js";
import { exitCodes } from "../exit-codes.js";
import type { ParsedInput } from "../input/parse-arguments.js";
import { confirm } from "../prompt/ask.js";
import { summaries } from "./summaries.js";

export const command: Command = {
  spec: {
    name: "rm",
    summary: summaries.rm,
    details: [
      "A deleted secret can be brought back with kinko undelete, as long as it is not purged. Before anything goes, kinko asks; scripts say --yes.",
    ],
    arguments: [
      {
        name: "REF",
        variadic: true,
        description: "path[@version]; with a version only that one goes",
        completes: "secret",
      },
    ],
    options: [
      { name: "purge", description: "remove for good, with all versions" },
      { name: "version-id", value: "ID", description: "only this version, like @ID in REF" },
    ],
    examples: [
      { command: "kinko rm prod/app/old", does: "delete, after a question" },
      {
        command: "kinko rm prod/app/db@2 --purge --yes",
        does: "destroy one version, without a question",
      },
      { command: "kinko rm prod/app/old --purge --dry-run", does: "see what would go" },
    ],
  },
  run: rm,
};

async function rm(context: CommandContext, input: ParsedInput): Promise<number> {
  const { io, output, globals } = context;
  const mode = input.flag("purge") ? "purge" : "soft";
  const refs = refsOf(input);
  const store = await context.openStore();
  const names = refs.map(formatRef);
  if (globals.dryRun) {
    for (const ref of refs) await checkExists(store, ref);
    output.note(`Would ${words(mode)}: ${names.join(", ")}.`);
  } else {
    await confirm(io, globals.yes, `${capital(words(mode))} ${names.join(", ")}?`);
    for (const ref of refs) {
      await store.delete(ref, { mode });
      output.note(
        mode === "purge"
          ? `Purged ${formatRef(ref)}.`
          : `Deleted ${formatRef(ref)}; kinko undelete brings it back.`,
      );
    }
  }
  if (globals.json) await output.json({ mode, deleted: names, dryRun: globals.dryRun });
  return exitCodes.Ok;
}

function refsOf(input: ParsedInput): SecretRef[] {
  const id = input.text("version-id");
  return input.args.map((text) => {
    const ref = parseRef(text);
    if (ref.field !== undefined) {
      throw usageError(
        "kinko rm takes whole secrets, not fields.",
        "unexpected-field",
        "Remove a field with kinko edit.",
      );
    }
    if (id === undefined) return ref;
    if (ref.version !== undefined || input.args.length > 1) {
      throw usageError(
        "--version-id belongs to one secret without @version.",
        "conflicting-options",
        "Write the version into each REF, such as prod/app/db@2.",
      );
    }
    return parseRef({ path: ref.path, version: { kind: "id", id } });
  });
}

/** A dry run fails where the deletion would, without reading a value where there is another way. */
async function checkExists(store: SecretStore, ref: SecretRef): Promise<void> {
  if (store.capabilities.features.versions.support === "unsupported") {
    (await store.get(ref)).dispose();
    return;
  }
  const found = await store.versions({ path: ref.path });
  const { version } = ref;
  if (version?.kind !== "id" || found.some(({ id }) => id === version.id)) return;
  (await store.get(ref)).dispose();
}

function words(mode: "soft" | "purge"): string {
  return mode === "purge" ? "remove for good" : "delete";
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
