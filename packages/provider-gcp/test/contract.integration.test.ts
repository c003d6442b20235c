import { describeProviderContract } from "@kinko/testing/contract";
import { startSecretManagerServer } from "@kinko/testing/google-secret-manager";
import type { GcpOptions } from "../src/options.js";
import { openProvider, optionsFor } from "./support.js";

function describeWith(name: string, options: Partial<GcpOptions>): void {
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
  });
}

describeWith("gcp-grpc", { transport: "grpc", tags: true });
describeWith("gcp-rest", { transport: "rest", tags: false });
