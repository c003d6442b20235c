import { appendFileSync } from "node:fs";

/** @type {import("node:module").LoadHook} */
export function load(url, context, nextLoad) {
  appendFileSync(process.env["KINKO_BENCH_RECORD"] ?? "", `${url.split("?")[0]}\n`);
  return nextLoad(url, context);
}
