/** Prints a figure of a test run; the reporter shows it beside the test. */
export function report(line: string): void {
  process.stdout.write(`local: ${line}\n`);
}
