/** Where long work reports what it is doing: one line per call, without line end. */
export type Progress = (line: string) => void;

/** Reports on standard error, so that standard output stays usable as data. */
export const reportOnStderr: Progress = (line) => {
  process.stderr.write(`${line}\n`);
};

/** Whole seconds since `startedAtMs` (a value of `performance.now()`), for progress lines. */
export function elapsedSeconds(startedAtMs: number): number {
  return Math.round((performance.now() - startedAtMs) / 1000);
}
