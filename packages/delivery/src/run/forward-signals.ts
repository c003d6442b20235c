import type { ChildProcess } from "node:child_process";

/** Emits signals, as `process` does. */
export interface SignalSource {
  on(signal: NodeJS.Signals, listener: (signal: NodeJS.Signals) => void): unknown;
  off(signal: NodeJS.Signals, listener: (signal: NodeJS.Signals) => void): unknown;
}

const forwarded = [
  "SIGINT",
  "SIGTERM",
  "SIGHUP",
  "SIGQUIT",
  "SIGUSR1",
  "SIGUSR2",
  "SIGWINCH",
] as const satisfies readonly NodeJS.Signals[];

/** Signals that a terminal sends to every process of its foreground group, so to the child as well. */
const fromTerminal: ReadonlySet<NodeJS.Signals> = new Set(["SIGINT", "SIGQUIT", "SIGWINCH"]);

/** Sends a signal to a child, or to the group that it leads; nothing when it has ended. */
export function sendSignal(child: ChildProcess, signal: NodeJS.Signals, ownGroup: boolean): void {
  const { pid } = child;
  if (pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    process.kill(ownGroup ? -pid : pid, signal);
  } catch {
    // It ended in between; its exit is on the way.
  }
}

/**
 * Hands signals on to a child, or to the group that it leads, until the returned function is
 * called. Meanwhile they do not end this process, so that it can report how the child ended.
 *
 * To be called before the child is started, in the same turn: the child may run, and a signal come,
 * before `spawn` has returned here. That signal would end this process and leave the child alone.
 *
 * @param childOf gives the child once there is one
 */
export function forwardSignals(
  source: SignalSource,
  childOf: () => ChildProcess | undefined,
  { terminal, ownGroup }: { readonly terminal: boolean; readonly ownGroup: boolean },
): () => void {
  const forward = (signal: NodeJS.Signals): void => {
    // The child has it already; a second one would end a program that asks before it stops.
    if (terminal && fromTerminal.has(signal)) return;
    const child = childOf();
    if (child !== undefined) sendSignal(child, signal, ownGroup);
  };
  for (const signal of forwarded) source.on(signal, forward);
  return () => {
    for (const signal of forwarded) source.off(signal, forward);
  };
}
