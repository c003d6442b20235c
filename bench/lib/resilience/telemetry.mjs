// What a call costs with all that telemetry hangs on taken out of core, with it in place and nobody
// listening, and with telemetry on, in turns within one run.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { bundledCore } from "../core-without-events.mjs";
import { interleave } from "../interleave.mjs";
import { builtFile } from "../resilience-context.mjs";
import { median, medianRatio } from "../statistics.mjs";

const calls = 20_000;

export async function run() {
  const { createMemoryProvider } = await load("packages/testing/dist/memory/index.js");
  const { startTelemetry } = await load("packages/core/dist/telemetry/index.js");
  const folder = mkdtempSync(join(tmpdir(), "kinko-telemetry-bench-"));
  const telemetry = await startTelemetry();
  try {
    const bare = await bundledCore(folder, { events: false });
    const core = await bundledCore(folder, { events: true });
    /** @param {any} made @param {(store: any) => void} [prepare] */
    const timed = (made, prepare) => async () => {
      const provider = createMemoryProvider({ secrets: { a: "x" } });
      const store = made.createStore("memory", provider);
      prepare?.(store);
      const startMs = performance.now();
      for (let call = 0; call < calls; call += 1) await store.get("a");
      const tookMs = performance.now() - startMs;
      await store.close();
      return (tookMs / calls) * 1_000;
    };
    const samples = await interleave(
      {
        bare: timed(bare),
        again: timed(bare),
        absent: timed(core),
        listening: timed(core, (store) => void telemetry.watch(store)),
      },
      { rounds: 31, warmups: 5 },
    );
    // The same code twice: how far two of this run lie apart by chance.
    const noise = Math.abs(medianRatio(samples.again, samples.bare) - 1);
    return [
      { name: "call-without-events-us", value: median(samples.bare) },
      { name: "telemetry-noise-ratio", value: 1 + noise },
      {
        name: "telemetry-absent-ratio",
        value: medianRatio(samples.absent, samples.bare),
        atMost: 1.05 + noise,
      },
      {
        name: "telemetry-on-without-sdk-ratio",
        value: medianRatio(samples.listening, samples.bare),
      },
    ];
  } finally {
    telemetry.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param {string} path */
function load(path) {
  return import(pathToFileURL(builtFile(path)).href);
}
