import type { PolicyTestReport, PolicyTestResult } from "./run.js";

/** The reports of files, by the names under which they are shown. */
export type PolicyTestReports = ReadonlyMap<string, PolicyTestReport>;

/** Reports in the form that CI systems read: JUnit's XML. */
export function formatJunit(reports: PolicyTestReports): string {
  const suites = Array.from(reports, ([file, { results, failed }]) => {
    const cases = results.map((result) => junitCase(file, result)).join("");
    return `  <testsuite name="${xml(file)}" tests="${results.length}" failures="${failed}">\n${cases}  </testsuite>\n`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n${suites.join("")}</testsuites>\n`;
}

function junitCase(file: string, { test, check, failure, position }: PolicyTestResult): string {
  const start = `    <testcase classname="${xml(test)}" name="${xml(check)}" file="${xml(file)}" line="${position.line}"`;
  if (failure === undefined) return `${start}/>\n`;
  const [first = ""] = failure.split("\n");
  return `${start}>\n      <failure message="${xml(first)}">${xml(failure)}</failure>\n    </testcase>\n`;
}

/** Reports as TAP, version 14. */
export function formatTap(reports: PolicyTestReports): string {
  const results = Array.from(reports).flatMap(([file, report]) =>
    report.results.map((result) => [file, result] as const),
  );
  const lines = results.map(([file, { test, check, passed, position, failure }], index) => {
    const title = `${test}: ${check}`.replaceAll(/[\\#]/gu, (mark) => `\\${mark}`);
    const head = `${passed ? "ok" : "not ok"} ${index + 1} - ${oneLine(title)}\n`;
    if (failure === undefined) return head;
    const why = failure.split("\n").map((line) => `    ${line}\n`);
    return `${head}  ---\n  at: ${JSON.stringify(`${file}:${position.line}:${position.column}`)}\n  message: |-\n${why.join("")}  ...\n`;
  });
  return `TAP version 14\n1..${results.length}\n${lines.join("")}`;
}

function oneLine(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, " ");
}

const entities: Readonly<Record<string, string>> = {
  "<": "&lt;",
  ">": "&gt;",
  "&": "&amp;",
  '"': "&quot;",
  "'": "&apos;",
  "\n": "&#10;",
};

/** XML has no other control characters, not even escaped. */
function xml(text: string): string {
  return text
    .replaceAll(/[<>&"'\n]/gu, (character) => entities[character] ?? "")
    .replaceAll(/[\p{Cc}\p{Surrogate}\uFFFE\uFFFF]/gu, "\uFFFD");
}
