import { createServer } from "node:https";

/** @typedef {import("@kinko/provider-vault").CertificateHandle} CertificateHandle */
/** @typedef {import("node:tls").TLSSocket} TLSSocket */

/**
 * A service that only the shop may call.
 *
 * @param {CertificateHandle} certificate
 * @returns {Promise<import("node:https").Server>}
 */
export async function startOrders(certificate) {
  const server = createServer(
    {
      ...certificate.secureContext(),
      requestCert: true,
      rejectUnauthorized: true, // no certificate of our authority: no connection
      minVersion: "TLSv1.3",
    },
    (request, response) => {
      const socket = /** @type {TLSSocket} */ (request.socket);
      const caller = socket.getPeerCertificate().subject.CN;
      response.statusCode = caller === "shop.internal" ? 200 : 403;
      response.end(caller === "shop.internal" ? "3 orders" : "not for you");
    },
  );
  certificate.serve(server); // and again after each renewal; open connections stay
  await new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve(undefined));
  });
  return server;
}
