import { describeProviderContract } from "@kinko/testing/contract";
import { startSecretManagerServer } from "@kinko/testing/google-secret-manager";
import type { GcpOptions } from "../src/options.js";
import { createLiveHarness, liveProject } from "./live-harness.js";
import { openProvider, optionsFor } from "./support.js";

const variants: readonly (readonly [name: string, options: Partial<GcpOptions>])[] = [
  ["gcp-grpc", { transport: "grpc" }],
  ["gcp-rest", { transport: "rest", tags: true }],
];

for (const [name, options] of variants) {
  describeProviderContract({
    name,
    async createHarness() {
      const server = await startSecretManagerServer({ tokens: ["test-token"] });
      const provider = openProvider(optionsFor(server, options));
      return {
        provider,
        requests: () => server.requests.length,
        async cleanup() {
          await provider.close();
          await server.close();
        },
      };
    },
    // Server and client share one process, and a test writes 1,000 names.
    timeoutMs: 240_000,
  });
}

const project = liveProject();
if (project === undefined) {
  process.stderr.write(
    "gcp: NOT tested against Google itself. Set KINKO_LIVE=gcp and GOOGLE_CLOUD_PROJECT, with default credentials that may do everything with secrets in a project for tests.\n",
  );
} else {
  for (const [name, options] of variants) {
    describeProviderContract({
      name: `${name}-live`,
      limits: {
        pageCount: { value: 120, reason: "a project has a quota of 600 writes a minute" },
      },
      createHarness: createLiveHarness({ ...options, project }),
      timeoutMs: 600_000,
    });
  }
}
