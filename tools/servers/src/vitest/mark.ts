import type { TaskMeta } from "vitest";
import { beforeEach } from "vitest";

/** A server whose tests are counted at the end of a run. */
export type RealServer = "vault" | "postgres" | "moto";

declare module "vitest" {
  interface TaskMeta {
    /** The real servers that this test ran against. */
    realServers?: readonly RealServer[];
  }
}

/** Marks every test of the calling file or `describe` as one that runs against a real server. */
export function markRealServer(server: RealServer): void {
  beforeEach(({ task }) => addRealServer(task, server));
}

/** Marks one test. */
export function addRealServer(task: { readonly meta: TaskMeta }, server: RealServer): void {
  task.meta.realServers = [...new Set([...(task.meta.realServers ?? []), server])];
}
