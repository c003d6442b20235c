import { Agent, createServer, request } from "node:https";
import type { AddressInfo } from "node:net";
import type { TLSSocket } from "node:tls";
import { FakeClock } from "@kinko/testing";
import { expect, onTestFinished, test } from "vitest";
import { openVaultStore } from "../support.js";
import { usePki } from "./use-pki.js";

const { vault, mount } = usePki();

interface Reply {
  readonly status: number | undefined;
  /** Serial number of the certificate that the server showed. */
  readonly server: string;
  /** Of the one that the client showed, as the server saw it. */
  readonly client: string;
}

test("a server changes its certificate under 1,000 requests, and none of them fails", async () => {
  const clock = new FakeClock({ nowMs: Date.now() });
  const store = openVaultStore(
    { address: vault.address, auth: { method: "token", token: vault.token } },
    { clock },
  );
  onTestFinished(() => store.close());
  const pki = store.as("pki").at(mount);
  const wish = { role: "web", commonName: "localhost", ttlSeconds: 3_600 };
  const [serverSide, clientSide] = [await pki.certificate(wish), await pki.certificate(wish)];
  onTestFinished(() => serverSide.close());
  onTestFinished(() => clientSide.close());

  const server = createServer(
    { ...serverSide.secureContext(), requestCert: true, rejectUnauthorized: true },
    (incoming, response) => {
      const peer = (incoming.socket as TLSSocket).getPeerCertificate();
      response.end(peer.serialNumber);
    },
  );
  serverSide.serve(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;

  const call = (agent: Agent): Promise<Reply> =>
    new Promise((resolve, reject) => {
      const sent = request({ host: "localhost", port, agent, family: 4 }, (response) => {
        // Later on, the socket may be somebody else's.
        const shown = (response.socket as TLSSocket).getPeerCertificate();
        let client = "";
        response.setEncoding("utf8");
        response.on("data", (text: string) => (client += text));
        response.on("error", reject);
        response.on("end", () => {
          resolve({ status: response.statusCode, server: shown.serialNumber, client });
        });
      });
      sent.on("error", reject);
      sent.end();
    });

  // Half of the requests stay on open connections, half make a new one each.
  const keeping = new Agent({ keepAlive: true, maxSockets: 5 });
  const single = new Agent({ keepAlive: false, maxSockets: 5, maxCachedSessions: 0 });
  onTestFinished(() => keeping.destroy());
  clientSide.identify(keeping);
  clientSide.identify(single);

  const replies: Reply[] = [];
  let swaps = 0;
  serverSide.onRenew(() => (swaps += 1));
  const worker = async (agent: Agent): Promise<void> => {
    for (let n = 0; n < 100; n += 1) replies.push(await call(agent));
  };
  const agents = Array.from({ length: 10 }, (_, index) => (index < 5 ? keeping : single));
  const working = Promise.all(agents.map(worker));
  while (replies.length < 200) await new Promise((resolve) => setImmediate(resolve));
  // Most of a life passes for the handles while the requests go on.
  await clock.advance(60 * 60_000 * 0.8);
  while (swaps < 1) await new Promise((resolve) => setImmediate(resolve));
  await working;

  expect(replies).toHaveLength(1_000);
  expect(replies.every(({ status }) => status === 200)).toBe(true);
  expect(swaps).toBeGreaterThanOrEqual(1);
  expect(new Set(replies.map(({ server: serial }) => serial)).size).toBeGreaterThanOrEqual(2);
  expect(new Set(replies.map(({ client }) => client)).size).toBeGreaterThanOrEqual(2);
});
