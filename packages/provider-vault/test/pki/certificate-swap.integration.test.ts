import { Agent, createServer, request } from "node:https";
import type { AddressInfo } from "node:net";
import type { TLSSocket } from "node:tls";
import { FakeClock } from "@kinko/testing";
import { expect, onTestFinished, test } from "vitest";
import { openCertificate } from "../../src/pki/certificate-handle.js";
import type { CertificateHandle } from "../../src/pki/handle-types.js";
import { usePki } from "./use-pki.js";

const { pki } = usePki();

interface Reply {
  readonly status: number | undefined;
  /** Serial number of the certificate that the server showed. */
  readonly server: string;
  /** Of the one that the client showed, as the server saw it. */
  readonly client: string;
}

test("a server changes its certificate under 1,000 requests, and none of them fails", async () => {
  // Only the handles live by this clock: a call that is under way must not see its deadline rush by.
  const clock = new FakeClock({ nowMs: Date.now() });
  const open = (): Promise<CertificateHandle> =>
    openCertificate(
      {
        issue: (request, signal) => pki().issue(request, { signal }),
        clock,
        random: Math.random,
      },
      { role: "web", commonName: "localhost", ttlSeconds: 3_600 },
    );
  const [serverSide, clientSide] = [await open(), await open()];
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
  const renewed = Promise.all(
    [serverSide, clientSide].map((handle) => new Promise((resolve) => handle.onRenew(resolve))),
  );
  let isRenewed = false;
  // Before, while and after both certificates change, however long that takes.
  const worker = async (agent: Agent): Promise<void> => {
    for (let n = 0; n < 80 || !isRenewed; n += 1) replies.push(await call(agent));
    for (let n = 0; n < 20; n += 1) replies.push(await call(agent));
  };
  const agents = Array.from({ length: 10 }, (_, index) => (index < 5 ? keeping : single));
  const working = Promise.all(agents.map(worker));
  while (replies.length < 200) await new Promise((resolve) => setImmediate(resolve));
  // Most of a life passes for the handles while the requests go on.
  await clock.advance(60 * 60_000 * 0.8);
  await renewed;
  isRenewed = true;
  await working;

  expect(replies.length).toBeGreaterThanOrEqual(1_000);
  expect(replies.every(({ status }) => status === 200)).toBe(true);
  expect(new Set(replies.map(({ server: serial }) => serial)).size).toBeGreaterThanOrEqual(2);
  expect(new Set(replies.map(({ client }) => client)).size).toBeGreaterThanOrEqual(2);
});
