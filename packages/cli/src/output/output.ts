import { fileError, PipeClosedError } from "../errors.js";
import type { CliIo, CliOutput } from "../io.js";
import { plainStyle, type Style } from "./style.js";

/** The two ways out of a command: data, and everything else. */
export interface Output {
  /** Look of what goes to stdout. */
  readonly style: Style;
  /** Whether stdout is a terminal. */
  readonly isTerminal: boolean;
  /** Writes data. Resolves when it was taken. @throws PipeClosedError when nobody reads any more. */
  data(content: string | Uint8Array): Promise<void>;
  /** Writes a value as JSON, indented, as data. */
  json(value: unknown): Promise<void>;
  /** Writes lines of columns separated by tabs, as data. */
  records(rows: readonly (readonly string[])[]): Promise<void>;
  /** A remark for people on stderr; `--quiet` silences it. */
  note(text: string): void;
  /** A warning on stderr; `--quiet` does not silence it. */
  warn(text: string): void;
}

/** What {@link createOutput} needs to know. */
export interface OutputOptions {
  readonly quiet: boolean;
  readonly style?: Style | undefined;
  readonly errorStyle?: Style | undefined;
}

/** The output of a command. */
export function createOutput(io: CliIo, options: OutputOptions): Output {
  const style = options.style ?? plainStyle;
  const errorStyle = options.errorStyle ?? plainStyle;
  const data = (content: string | Uint8Array): Promise<void> => writeAll(io.stdout, content);
  const say = (text: string): void => writeQuietly(io.stderr, `${text}\n`);
  return {
    style,
    isTerminal: io.stdout.isTTY === true,
    data,
    json: (value) => data(`${JSON.stringify(value, null, 2)}\n`),
    records: (rows) => data(rows.map((row) => `${row.map(printable).join("\t")}\n`).join("")),
    note(text) {
      if (!options.quiet) say(errorStyle.dim(text));
    },
    warn(text) {
      say(`${errorStyle.yellow("warning:")} ${text}`);
    },
  };
}

/** Writes where a reader that went away is no reason to fail. */
export function writeQuietly(stream: CliOutput, text: string): void {
  guard(stream);
  stream.write(text, () => undefined);
}

/** Keeps the error of a closed pipe from ending the process; a write reports it to its callback. */
function guard(stream: CliOutput): void {
  if (stream.listenerCount("error") === 0) stream.on("error", () => undefined);
}

/** Text of a store without characters that a terminal would act on. */
export function printable(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/gu, "\ufffd");
}

function isClosedPipe(error: NodeJS.ErrnoException): boolean {
  return ["EPIPE", "ECONNRESET", "ERR_STREAM_DESTROYED"].includes(error.code ?? "");
}

function writeAll(stream: CliOutput, content: string | Uint8Array): Promise<void> {
  guard(stream);
  return new Promise((resolve, reject) => {
    stream.write(content, (error) => {
      if (error === undefined || error === null) resolve();
      else
        reject(isClosedPipe(error) ? new PipeClosedError() : fileError("written", "stdout", error));
    });
  });
}
