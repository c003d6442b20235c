import { ServerUnavailableError } from "../errors.js";
import { runTool } from "../process/run-tool.js";

export interface UnprivilegedUser {
  readonly uid: number;
  readonly gid: number;
}

/**
 * The user to run a server as that refuses to be root: undefined when this process is not root, else
 * `postgres`, which the Debian package makes, or `nobody`.
 *
 * @throws ServerUnavailableError when the machine has neither
 */
export async function unprivilegedUser(): Promise<UnprivilegedUser | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of ["postgres", "nobody"]) {
    const uid = await runTool("id", ["-u", name], { timeoutMs: 10_000 });
    const gid = await runTool("id", ["-g", name], { timeoutMs: 10_000 });
    if (uid.ok && gid.ok) return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  }
  throw new ServerUnavailableError(
    "PostgreSQL does not run as root, and this machine has no user postgres or nobody. Add one, or run as another user.",
  );
}
