import { Agent, request } from "node:https";

/** @typedef {import("@kinko/provider-vault").CertificateHandle} CertificateHandle */

/**
 * A client that shows its certificate, and takes nobody but the orders service.
 *
 * @param {CertificateHandle} certificate
 * @param {number} port
 */
export function createShop(certificate, port) {
  const agent = new Agent({ keepAlive: true, minVersion: "TLSv1.3" });
  certificate.identify(agent); // and again after each renewal, for further connections
  return {
    /** @returns {Promise<string>} */
    ask: () =>
      new Promise((resolve, reject) => {
        const sent = request({ host: "localhost", port, agent, family: 4 }, (response) => {
          let text = "";
          response.setEncoding("utf8");
          response.on("data", (part) => (text += part));
          response.on("end", () => resolve(`${response.statusCode} ${text}`));
          response.on("error", reject);
        });
        sent.on("error", reject);
        sent.end();
      }),
    close: () => agent.destroy(),
  };
}
