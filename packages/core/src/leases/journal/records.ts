/** A line that says that a lease lives. */
export function addedLine(leaseId: string): string {
  return `+${JSON.stringify(leaseId)}\n`;
}

/** A line that says that a lease has ended. */
export function endedLine(leaseId: string): string {
  return `-${JSON.stringify(leaseId)}\n`;
}

/**
 * Leases that live by a journal. Its last line may be torn by a crash, and only that one: what cannot
 * be read is left out.
 */
export function livingLeases(text: string): string[] {
  const living = new Set<string>();
  for (const line of text.split("\n")) {
    const leaseId = parseId(line.slice(1));
    if (leaseId === undefined) continue;
    if (line.startsWith("+")) living.add(leaseId);
    else if (line.startsWith("-")) living.delete(leaseId);
  }
  return [...living];
}

function parseId(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "string" && value !== "" ? value : undefined;
  } catch {
    return undefined;
  }
}
