/** Which process wrote a journal. All of it is needed to tell whether that one still runs. */
export interface ProcessIdentity {
  /** Digest of what tells machine and pid namespace apart: pids mean nothing outside of them. */
  readonly place: string;
  /** Digest of the boot of the machine. */
  readonly boot: string;
  readonly pid: number;
  /** When the process started, as the kernel counts; `0` where it does not tell. */
  readonly startedAt: string;
}

/** The text of an identity in the name of a file, as the source of a pattern with named groups. */
export const identityPattern = String.raw`(?<place>[0-9a-f]{12})\.(?<boot>[0-9a-f]{12})\.(?<pid>[1-9]\d{0,9})-(?<startedAt>\d{1,20})`;

export function formatIdentity({ place, boot, pid, startedAt }: ProcessIdentity): string {
  return `${place}.${boot}.${pid}-${startedAt}`;
}

/** Of the named groups of a match of {@link identityPattern}. */
export function identityOf(groups: Readonly<Record<string, string>>): ProcessIdentity {
  const { place = "", boot = "", pid = "", startedAt = "" } = groups;
  return { place, boot, pid: Number(pid), startedAt };
}

/** How this code looks at the machine; tests put another one in its place. */
export interface ProcessTable {
  readonly self: ProcessIdentity;
  /** Start of a running process; undefined when there is none, `0` when it cannot be known. */
  startOf(pid: number): string | undefined;
}

/**
 * Whether the writer has ended for certain. A process of another machine or container cannot be
 * judged, and counts as running.
 */
export function hasEnded(writer: ProcessIdentity, table: ProcessTable): boolean {
  if (writer.place !== table.self.place) return false;
  if (writer.boot !== table.self.boot) return true;
  const start = table.startOf(writer.pid);
  if (start === undefined) return true;
  // The pid was given to another process since.
  return start !== "0" && writer.startedAt !== "0" && start !== writer.startedAt;
}

/** This machine's processes. */
export function systemProcesses(): ProcessTable {
  const { createHash } = process.getBuiltinModule("node:crypto");
  const { hostname } = process.getBuiltinModule("node:os");
  const digest = (text: string): string =>
    createHash("sha256").update(text).digest("hex").slice(0, 12);
  const place = digest([hostname(), read("/etc/machine-id"), pidNamespace()].join("\n"));
  return {
    self: {
      place,
      boot: digest(read("/proc/sys/kernel/random/boot_id")),
      pid: process.pid,
      startedAt: startOf(process.pid) ?? "0",
    },
    startOf,
  };
}

function startOf(pid: number): string | undefined {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // Somebody else's process is a running one.
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return undefined;
  }
  const status = read(`/proc/${pid}/stat`);
  // The name, in parentheses, may hold anything; the 20th field behind it is the start.
  const fields = status.slice(status.lastIndexOf(")") + 2).split(" ");
  if (fields[0] === "Z") return undefined;
  return /^\d+$/u.test(fields[19] ?? "") ? fields[19] : "0";
}

function read(path: string): string {
  try {
    return process.getBuiltinModule("node:fs").readFileSync(path, "utf8").trim();
  } catch {
    return "";
  }
}

function pidNamespace(): string {
  try {
    return process.getBuiltinModule("node:fs").readlinkSync("/proc/self/ns/pid");
  } catch {
    return "";
  }
}
