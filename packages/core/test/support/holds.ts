import { onTestFinished, vi } from "vitest";

/** How many intervals there are from now on that keep the process alive. */
export function watchHolds(): () => number {
  const set = vi.spyOn(globalThis, "setInterval");
  const clear = vi.spyOn(globalThis, "clearInterval");
  onTestFinished(() => {
    set.mockRestore();
    clear.mockRestore();
  });
  return () => {
    const cleared = new Set<unknown>(clear.mock.calls.map(([timer]) => timer));
    const all = set.mock.results.map(({ value }) => value as NodeJS.Timeout);
    return all.filter((timer) => timer.hasRef() && !cleared.has(timer)).length;
  };
}
