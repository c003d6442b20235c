import type { BinHarness } from "./bin.js";

/** A session in a real terminal, made by `script` of util-linux. */
export interface TerminalSession {
  /** Everything that the terminal showed, control characters left out. */
  readonly shown: string;
  /** Resolves when the terminal has shown this text, counted from the last wait. */
  waitFor(text: string): Promise<void>;
  type(keys: string): void;
  /** Resolves when the command has ended. */
  ended: Promise<void>;
}

/** What a session may take before it counts as hanging. */
const maxWaitMs = 20_000;

/** Starts a shell command in a terminal. */
export function openTerminal(
  cli: BinHarness,
  command: string,
  env: Readonly<Record<string, string>> = {},
): TerminalSession {
  // Without a terminal of its own, `script` makes one that is 0 columns wide.
  const sized = `stty cols 100 rows 40; ${command}`;
  const child = cli.start("script", ["-qec", sized, "/dev/null"], {
    env: { TERM: "xterm", ...env },
  });
  let shown = "";
  let seen = 0;
  const waiting = new Set<() => void>();
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    shown += withoutControls(text);
    for (const look of waiting) look();
  });
  const ended = new Promise<void>((resolve) => {
    child.once("close", () => resolve());
  });
  return {
    get shown() {
      return shown;
    },
    ended,
    type(keys) {
      child.stdin?.write(keys);
    },
    waitFor: (text) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          reject(new Error(`The terminal never showed ${JSON.stringify(text)}:\n${shown}`));
          child.kill("SIGKILL");
        }, maxWaitMs);
        const look = (): void => {
          const at = shown.indexOf(text, seen);
          if (at === -1) return;
          seen = at + text.length;
          clearTimeout(timer);
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
  };
}

function withoutControls(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replaceAll(/\u001b\[[0-9;?]*[A-Za-z]|\r/gu, "");
}

/** Keys that have a meaning to a terminal. */
export const keys = { enter: "\r", interrupt: "\u0003", down: "\u001b[B" } as const;
