/** Where a marker such as `{{name}}` stands in a statement. */
export type MarkerPlace =
  /** As code, where its value is read as SQL. */
  | "code"
  /** Inside of `"…"`. */
  | "identifier"
  /** Inside of `'…'`. */
  | "literal"
  | "comment";

export interface TemplateMarker {
  readonly name: string;
  readonly place: MarkerPlace;
  /** Of its first brace, counted from 1 in UTF-16 units. */
  readonly position: number;
}

export interface TemplateScan {
  readonly markers: readonly TemplateMarker[];
  /** Position of what is opened and never closed. */
  readonly openAt: number | undefined;
}

/** Ways of quoting, as PostgreSQL reads them with standard strings. */
const tokens =
  /(?<comment>--[^\n]*|\/\*)|(?<dollar>\$(?:[A-Za-z_]\w*)?\$)|(?<escape>[eE]')|(?<quote>["'])|(?<marker>\{\{(?<name>[^{}]*)\}\})/gu;

/**
 * Finds the markers of a statement and how each is quoted. Text between dollar quotes is code that runs
 * later, as the body of `DO $$ … $$` is, and is read as code.
 */
export function scanTemplate(statement: string): TemplateScan {
  const markers: TemplateMarker[] = [];
  const collect = (start: number, end: number, place: MarkerPlace): void => {
    for (const found of statement.slice(start, end).matchAll(/\{\{([^{}]*)\}\}/gu)) {
      const position = start + found.index + 1;
      markers.push({ name: (found[1] ?? "").trim(), place, position });
    }
  };
  const scanner = new RegExp(tokens);
  for (let found = scanner.exec(statement); found !== null; found = scanner.exec(statement)) {
    const { index } = found;
    const { comment, dollar, escape, quote, name } = found.groups ?? {};
    let end = scanner.lastIndex;
    if (comment !== undefined) {
      if (comment === "/*") end = endOfComment(statement, index);
      if (end === -1) return { markers, openAt: index + 1 };
      collect(index, end, "comment");
    } else if (quote !== undefined || escape !== undefined) {
      end = endOfQuote(statement, scanner.lastIndex, quote ?? "'", escape !== undefined);
      if (end === -1) return { markers, openAt: index + 1 };
      collect(index, end, quote === '"' ? "identifier" : "literal");
    } else if (dollar !== undefined) {
      const close = statement.indexOf(dollar, end);
      if (close === -1) return { markers, openAt: index + 1 };
      const body = scanTemplate(statement.slice(end, close));
      for (const marker of body.markers) {
        markers.push({ ...marker, position: marker.position + end });
      }
      if (body.openAt !== undefined) return { markers, openAt: body.openAt + end };
      end = close + dollar.length;
    } else if (name !== undefined) {
      markers.push({ name: name.trim(), place: "code", position: index + 1 });
    }
    scanner.lastIndex = end;
  }
  return { markers, openAt: undefined };
}

/** Comments nest in PostgreSQL. */
function endOfComment(statement: string, start: number): number {
  let depth = 0;
  for (const found of statement.slice(start).matchAll(/\/\*|\*\//gu)) {
    depth += found[0] === "/*" ? 1 : -1;
    if (depth === 0) return start + found.index + 2;
  }
  return -1;
}

function endOfQuote(statement: string, start: number, quote: string, escapes: boolean): number {
  for (let index = start; index < statement.length; index += 1) {
    if (escapes && statement[index] === "\\") index += 1;
    else if (statement[index] === quote) {
      if (statement[index + 1] !== quote) return index + 1;
      index += 1;
    }
  }
  return -1;
}
