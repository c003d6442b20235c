import { describeProviderFaults } from "@kinko/testing/contract";
import { startFaultProxy } from "@kinko/testing/faults";
import { startSecretManagerServer } from "@kinko/testing/google-secret-manager";
import { openProvider, optionsFor } from "./support.js";

const token = "test-token-0123456789";

for (const transport of ["grpc", "rest"] as const) {
  describeProviderFaults({
    name: `gcp-${transport}`,
    async createHarness() {
      const server = await startSecretManagerServer({ tokens: [token] });
      const port = transport === "grpc" ? server.grpcPort : server.restPort;
      const proxy = await startFaultProxy({ target: `${server.host}:${port}` });
      return {
        provider: openProvider(
          optionsFor(server, {
            transport,
            port: proxy.port,
            credential: { method: "access-token", token },
          }),
        ),
        proxy,
        credentials: [token],
        async cleanup() {
          await proxy.close();
          await server.close();
        },
      };
    },
  });
}
