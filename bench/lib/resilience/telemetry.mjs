// What a call costs when nobody measures it, and when telemetry does, in turns within one run.
import { pathToFileURL } from "node:url";
import { interleave } from "../interleave.mjs";
import { builtFile } from "../resilience-context.mjs";
import { median } from "../statistics.mjs";

const calls = 20_000;

/** @param {import("../resilience-context.mjs").Context} context */
export async function run({ core }) {
  const { createMemoryProvider } = await load("packages/testing/dist/memory/index.js");
  const { startTelemetry } = await load("packages/core/dist/telemetry/index.js");
  /** @param {(store: any) => void} prepare */
  const timed = (prepare) => async () => {
    const provider = createMemoryProvider({ secrets: { a: "x" } });
    const store = core.createStore("memory", provider, { resilience: false });
    prepare(store);
    const startMs = performance.now();
    for (let call = 0; call < calls; call += 1) await store.get("a");
    const tookMs = performance.now() - startMs;
    await store.close();
    return (tookMs / calls) * 1_000;
  };
  const telemetry = await startTelemetry();
  const samples = await interleave(
    {
      bare: timed(() => undefined),
      absent: timed(() => undefined),
      listening: timed((store) => void telemetry.watch(store)),
    },
    { rounds: 15, warmups: 3 },
  );
  telemetry.close();
  const bare = median(samples.bare);
  return [
    { name: "call-us", value: bare },
    // The same code twice: how far two medians of this run lie apart by chance.
    {
      name: "telemetry-absent-ratio",
      value: median(samples.absent) / bare,
      atMost: 1.1,
      atLeast: 0.9,
    },
    { name: "telemetry-on-without-sdk-ratio", value: median(samples.listening) / bare },
  ];
}

/** @param {string} path */
function load(path) {
  return import(pathToFileURL(builtFile(path)).href);
}
