/** Longest that Node's timers count, about: what matters is that there is one. */
const aliveMs = 2 ** 30;

/**
 * Keeps the process alive until the function that it returns is called. Timers of a {@link Clock} do not:
 * whoever awaits what only they bring about would see the process end in the middle of it.
 */
export function keepAlive(): () => void {
  const alive = setInterval(() => undefined, aliveMs);
  return () => clearInterval(alive);
}
