import { writeFileSync } from "node:fs";
import { summarise } from "./summary.mjs";

/** The variable that names the file for the summary. */
export const summaryFileVariable = "KINKO_TEST_SUMMARY";

/**
 * Hands the run's summary to the process that started vitest. That process prints it, since vitest
 * and its other reporters have lines of their own to print until the very end.
 */
// oxlint-disable-next-line import/no-default-export -- vitest loads a reporter by its default export
export default class SummaryReporter {
  /**
   * @param {readonly import("./summary.mjs").ReportedModule[]} modules
   * @param {readonly unknown[]} unhandledErrors
   */
  onTestRunEnd(modules, unhandledErrors) {
    const file = process.env[summaryFileVariable];
    if (file === undefined) return;
    writeFileSync(file, JSON.stringify(summarise(modules, unhandledErrors)));
  }
}
