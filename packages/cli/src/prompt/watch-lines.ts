import type { CliIo } from "../io.js";

/** What is typed while a prompt of one line is open, and just after it. */
export interface LineWatch {
  /**
   * Whether there was more than one line. To be called once the prompt has its answer: it takes what
   * still comes of a pasted text, which would answer the next prompt or be run by the shell.
   */
  hasSeveral(): Promise<boolean>;
  stop(): void;
}

/** Keys of one paste follow each other faster, also over a network; those of people do not. */
const quietMs = 50;

/**
 * Watches for a text of several lines. At a line feed the prompt forgets what came before, so only
 * the last line would be the answer; at a carriage return, which is Enter, it ends, so only the first
 * would be.
 */
export function watchLines({ stdin, clock }: CliIo): LineWatch {
  let keys = 0;
  let ended = false;
  let several = false;
  const look = (_text: unknown, key: { readonly name?: string } | undefined): void => {
    keys += 1;
    if (ended || key?.name === "enter") several = true;
    if (key?.name === "return") ended = true;
  };
  stdin.on("keypress", look);
  return {
    async hasSeveral() {
      // Without echo again: the prompt has just given the terminal back.
      setRawMode(stdin, true);
      stdin.resume();
      try {
        for (let seen = -1; seen !== keys;) {
          seen = keys;
          await clock.sleep(quietMs);
        }
      } finally {
        stdin.pause();
        setRawMode(stdin, false);
      }
      return several;
    },
    stop() {
      stdin.off("keypress", look);
    },
  };
}

function setRawMode(stdin: CliIo["stdin"], raw: boolean): void {
  if (stdin.isTTY === true && "setRawMode" in stdin && typeof stdin.setRawMode === "function") {
    stdin.setRawMode(raw);
  }
}
