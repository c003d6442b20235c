import { spawn } from "node:child_process";

/**
 * A Node process with the address and token of a Vault, and what it says.
 *
 * @param {readonly string[]} args
 * @param {{ readonly address: string, readonly rootToken: string }} vault
 * @param {Readonly<Record<string, string>>} [more] of its environment
 */
export function startWorker(args, vault, more = {}) {
  const env = {
    ...more,
    PATH: process.env["PATH"],
    VAULT_ADDR: vault.address,
    VAULT_TOKEN: vault.rootToken,
  };
  const child = spawn(process.execPath, args, { env, stdio: ["ignore", "pipe", "pipe"] });
  /** @type {string[]} */
  const lines = [];
  let partial = "";
  let errors = "";
  let over = false;
  /** @type {Set<() => void>} */
  const waiting = new Set();
  const wake = () => {
    for (const look of waiting) look();
  };
  child.stdout.setEncoding("utf8").on("data", (text) => {
    const parts = (partial + text).split("\n");
    partial = parts.pop() ?? "";
    lines.push(...parts);
    wake();
  });
  child.stderr.setEncoding("utf8").on("data", (text) => (errors += text));
  /** @type {Promise<{ code: number | null }>} */
  const end = new Promise((resolve) => {
    child.on("close", (code) => {
      over = true;
      wake();
      resolve({ code });
    });
  });
  return {
    child,
    lines,
    errors: () => errors,
    ended: () => end,
    /**
     * @param {string} start of a line
     * @param {number} [from] position in `lines`
     * @returns {Promise<string>}
     */
    said: (start, from = 0) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const found = lines.slice(from).find((line) => line.startsWith(start));
          if (found === undefined && !over) return;
          waiting.delete(look);
          if (found !== undefined) resolve(found);
          else reject(new Error(`The process ended without "${start}". ${errors}`));
        };
        waiting.add(look);
        look();
      }),
  };
}
