/**
 * A process as it can be told apart from a later one with the same number: process numbers are used
 * again, so nothing is ever signalled by its number alone.
 */
export interface ProcessIdentity {
  readonly pid: number;
  /** Opaque; equal for as long as it is the same process. */
  readonly startTime: string;
}

/** The identity of a running process, or undefined when there is none with that number. */
export function identifyProcess(pid: number): ProcessIdentity | undefined;

/** Whether that very process still runs. A zombie, which has ended and waits for its parent, does not. */
export function isRunning(identity: ProcessIdentity): boolean;

/**
 * Signals that very process, or with `group` the process group that it leads, and says whether it was
 * there.
 */
export function signalProcess(
  identity: ProcessIdentity,
  signal: NodeJS.Signals,
  options?: { readonly group?: boolean },
): boolean;
