import { spawn } from "node:child_process";
import { cancelledError, CliError } from "../errors.js";
import type { PrivateFolder } from "../files/private-folder.js";
import type { CliIo } from "../io.js";

/**
 * Opens a file in the user's editor and waits for its end. Ctrl-C belongs to the editor meanwhile;
 * TERM and HUP end it, so that the file can be removed before this process ends.
 *
 * @throws CliError when there is no editor, or it fails
 */
export async function runEditor(io: CliIo, folder: PrivateFolder, file: string): Promise<void> {
  const [program, ...args] = editorCommand(io);
  if (program === undefined) throw noEditor();
  const child = spawn(program, [...args, file], {
    stdio: "inherit",
    env: { ...io.env },
    cwd: io.cwd,
  });
  let ended = false;
  folder.onSignal = (signal) => {
    if (signal === "SIGINT") return;
    ended = true;
    child.kill(signal);
  };
  try {
    const failed = await new Promise<string | undefined>((resolve) => {
      child.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? "unknown"));
      child.once("exit", (code, signal) =>
        resolve(code === 0 ? undefined : signal === null ? `exit code ${code}` : signal),
      );
    });
    if (ended) throw cancelledError();
    if (failed === undefined) return;
    throw new CliError("Internal", `The editor failed (${failed}); nothing was written.`, {
      reason: "editor-failed",
      advice: "Check $VISUAL or $EDITOR, and leave the editor without an error.",
    });
  } finally {
    folder.onSignal = undefined;
  }
}

/** Words of $VISUAL or $EDITOR; no shell reads them, so they are only split at spaces. */
function editorCommand(io: CliIo): string[] {
  const text = io.env["VISUAL"] ?? io.env["EDITOR"] ?? "";
  return text.split(" ").filter((word) => word !== "");
}

function noEditor(): CliError {
  return new CliError("Usage", "There is no editor.", {
    reason: "no-editor",
    advice: "Set VISUAL or EDITOR, such as EDITOR=nano.",
  });
}
