import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { rolldown } from "rolldown";
import { workspaceRoot } from "../../tools/lib/workspace.mjs";

/** What stands for a module of core's events when they are taken out: nobody can ever listen. */
const stubs = {
  "events/event-hub.ts": `export class EventHub {
    hasListeners = false;
    wants() { return false; }
    on() { return () => undefined; }
    emit() {}
  }`,
  "events/call-events.ts": `export const nextEventId = () => 0;
  export const withCallEvents = (_events, _operation, _ref, work) => work();`,
};

/**
 * Bundles core from its sources, as it is or with everything taken out that telemetry hangs on, both
 * in the same way, so that nothing else differs.
 *
 * @param {string} folder where the bundle goes
 * @param {{ events: boolean }} options
 * @returns {Promise<any>} the module
 */
export async function bundledCore(folder, { events }) {
  const sources = join(workspaceRoot, "packages/core/src");
  let replaced = 0;
  const build = await rolldown({
    input: join(sources, "index.ts"),
    platform: "node",
    logLevel: "silent",
    plugins: [
      {
        name: "without-events",
        load(id) {
          const stub = Object.entries(stubs).find(([path]) => id === join(sources, path))?.[1];
          if (events || stub === undefined) return null;
          replaced += 1;
          return stub;
        },
      },
    ],
  });
  const dir = join(folder, events ? "with" : "without");
  await build.write({ dir, entryFileNames: "index.mjs" });
  await build.close();
  const expected = events ? 0 : Object.keys(stubs).length;
  if (replaced !== expected) throw new Error(`${replaced} modules were replaced, not ${expected}.`);
  return import(pathToFileURL(join(dir, "index.mjs")).href);
}
