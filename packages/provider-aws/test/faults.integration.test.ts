import { randomBytes } from "node:crypto";
import { realMoto } from "@kinko/servers/vitest";
import { describeProviderFaults } from "@kinko/testing/contract";
import { startFaultProxy } from "@kinko/testing/faults";
import { motoClient, removeBeneath } from "./moto-harness.js";
import { testDriver } from "./support.js";

const { address } = realMoto();
const client = motoClient(address);
const secretAccessKey = randomBytes(20).toString("hex");

describeProviderFaults({
  name: "aws",
  async createHarness() {
    const prefix = `kinko-test/${randomBytes(6).toString("hex")}/`;
    const proxy = await startFaultProxy({ target: address });
    return {
      provider: testDriver({
        endpoint: proxy.address,
        prefix,
        credentials: { accessKeyId: "AKIATEST", secretAccessKey },
      }),
      proxy,
      credentials: [secretAccessKey],
      async cleanup() {
        await proxy.close();
        await removeBeneath(client, prefix);
      },
    };
  },
});
