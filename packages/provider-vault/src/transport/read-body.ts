import type { IncomingMessage } from "node:http";
import { vaultError } from "../errors/vault-error.js";

/**
 * Largest answer that is read, in bytes: twice the largest request that Vault takes by default
 * (`max_request_size`, 32 MiB), so that everything it stores comes back, and no server can fill
 * this process's memory.
 */
export const maxAnswerBytes = 64 * 1024 * 1024;

/**
 * Reads an answer to its end and zeroes the buffers that it came in.
 * @throws TooLarge, or Unavailable when the connection ends in the middle
 */
export function readBody(incoming: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const erase = (): void => chunks.forEach((chunk) => chunk.fill(0));
    let ended = false;
    const end = (): boolean => {
      if (ended) return false;
      ended = true;
      return true;
    };
    const fail = (createError: () => Error): void => {
      if (!end()) return;
      erase();
      reject(createError());
    };
    incoming.on("data", (chunk: Buffer) => {
      size += chunk.byteLength;
      chunks.push(chunk);
      if (size <= maxAnswerBytes) return;
      fail(tooLarge);
      incoming.destroy();
    });
    incoming.on("end", () => {
      if (!incoming.complete || !end()) return;
      resolve(decode(chunks, size));
      erase();
    });
    incoming.on("close", () => fail(truncated));
    incoming.on("error", () => fail(truncated));
  });
}

function tooLarge(): Error {
  return vaultError("TooLarge", `Vault's answer is larger than ${maxAnswerBytes} bytes.`, {
    reason: "answer-too-large",
    advice: "Check that the address is Vault's, or split the folder or secret that was asked for.",
  });
}

function truncated(): Error {
  return vaultError("Unavailable", "The connection to Vault ended in the middle of its answer.", {
    reason: "answer-truncated",
    advice: "Try again; if it stays so, look at the proxy or load balancer in between.",
  });
}

function decode(chunks: readonly Buffer[], size: number): string {
  const [first] = chunks;
  if (first === undefined) return "";
  if (chunks.length === 1) return first.toString("utf8");
  // Not Buffer.concat, which takes small ones from a pool that is never erased.
  const whole = Buffer.alloc(size);
  let offset = 0;
  for (const chunk of chunks) offset += chunk.copy(whole, offset);
  const text = whole.toString("utf8");
  whole.fill(0);
  return text;
}
