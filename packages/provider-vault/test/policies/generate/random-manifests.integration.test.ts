import { accessOperations, defineAccess } from "@kinko/core/access";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { PolicyRequest } from "../../../src/policies/index.js";
import { PresetServer, type Holder } from "../presets/use-presets.js";
import { seedOf } from "../seed.js";
import { entry, isGranted, path, requests, tryPolicy } from "./manifest-oracle.js";

const server = new PresetServer();
const { mount } = server;
const rounds = 40;
const pathsPerRound = 12;

/** What the server says of paths, a request for all. */
async function capabilitiesOf(
  { token }: Holder,
  paths: readonly string[],
): Promise<(request: PolicyRequest) => boolean> {
  const { body } = await server.ok("POST", "sys/capabilities", { token, paths });
  const answers = body["data"] as Readonly<Record<string, readonly string[]>>;
  return ({ operation, path: asked }) => answers[asked]?.includes(operation) ?? false;
}

test(
  "the policies of random manifests allow on the real server exactly what these say",
  { timeout: 120_000 },
  async () => {
    const seed = seedOf("manifests");
    const manifests = fc.sample(fc.array(entry, { minLength: 1, maxLength: 5 }), {
      seed,
      numRuns: rounds,
    });
    const many = fc.sample(path, { seed, numRuns: rounds * pathsPerRound });
    const counts = { allowed: 0, denied: 0 };
    for (const [round, access] of manifests.entries()) {
      const manifest = defineAccess({ application: "random", access });
      const policy = tryPolicy(manifest, { mount });
      if (policy === undefined) continue;
      const holder = await server.holder([{ name: "random", policy }]);
      const asked = [
        ...many.slice(round * pathsPerRound, (round + 1) * pathsPerRound),
        ...manifest.grants.map((grant) => grant.path).filter(({ length }) => length > 0),
      ];
      const all = asked.flatMap((one) =>
        accessOperations.flatMap((operation) => requests[operation](mount, one.join("/"))),
      );
      const may = await capabilitiesOf(holder, [...new Set(all.map((request) => request.path))]);
      for (const one of asked)
        for (const operation of accessOperations) {
          // Lists are asked for themselves: sys/capabilities knows nothing of their slash.
          const allowed =
            operation === "list"
              ? (await server.attempt(holder, {
                  operation,
                  path: `${mount}/metadata/${one.map(encodeURIComponent).join("/")}`,
                })) !== 403
              : requests[operation](mount, one.join("/")).every(may);
          counts[allowed ? "allowed" : "denied"] += 1;
          expect([access, operation, one, allowed]).toEqual([
            access,
            operation,
            one,
            isGranted(manifest, operation, one),
          ]);
        }
    }
    expect(Math.min(counts.allowed, counts.denied)).toBeGreaterThan(200);
  },
);
