/** The older way of `pg` to tell a result. */
export type Callback = (error: Error | undefined, ...results: readonly unknown[]) => void;

/** Splits a callback off the end of the arguments, where there is one. */
export function splitCallback(values: readonly unknown[]): {
  readonly values: readonly unknown[];
  readonly callback: Callback | undefined;
} {
  const last = values.at(-1);
  if (typeof last !== "function") return { values, callback: undefined };
  return { values: values.slice(0, -1), callback: last as Callback };
}

/** Tells the callback in a turn of its own, so that what it throws is not taken for a failure here. */
export function tell<Result>(
  work: Promise<Result>,
  callback: Callback,
  results: (result: Result) => readonly unknown[],
): void {
  work.then(
    (result) => setImmediate(() => callback(undefined, ...results(result))),
    (error: unknown) => setImmediate(() => callback(error as Error)),
  );
}
