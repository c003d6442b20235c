import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ensureDebianPackages } from "./debian-packages.js";
import { ServerStartError } from "./errors.js";
import { runTool } from "./process/run-tool.js";

/** A server certificate for `127.0.0.1` and `localhost`, and the authority that signed it. */
export interface TestCertificates {
  /** PEM file of the certificate authority. */
  readonly caFile: string;
  /** The same as text. */
  readonly ca: string;
  /** PEM file of the server's certificate. */
  readonly certificateFile: string;
  /** PEM file of the server's private key, mode 0600. */
  readonly keyFile: string;
}

/** Longer than any test run, short enough that a certificate left behind is of no use. */
const validDays = "2";

/**
 * Makes a certificate authority and a server certificate (P-256) in a folder that only this user can
 * read. The authority's private key is thrown away, so that nothing else can ever be signed with it.
 *
 * Node can read certificates and not make them; openssl is on nearly every machine.
 *
 * @throws ServerUnavailableError when openssl is missing and cannot be installed
 */
export async function createTestCertificates(folder: string): Promise<TestCertificates> {
  await ensureDebianPackages(["openssl"]);
  const file = (name: string): string => join(folder, name);
  const openssl = async (...args: readonly string[]): Promise<void> => {
    const { ok, stderr } = await runTool("openssl", args, { timeoutMs: 30_000, cwd: folder });
    if (!ok)
      throw new ServerStartError(`openssl ${args[0] ?? ""} failed. Its message:\n${stderr.trim()}`);
  };

  writeFileSync(file("ca.cnf"), requestConfig("Kinko test authority", caExtensions));
  writeFileSync(file("server.cnf"), requestConfig("localhost", serverExtensions));
  for (const name of ["ca", "server"]) {
    // Created first, so that a key is never readable by others, whatever the umask.
    writeFileSync(file(`${name}.key`), "", { mode: 0o600 });
    await openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", `${name}.key`);
  }
  const asAuthority = ["-config", "ca.cnf", "-extensions", "extensions", "-out", "ca.pem"];
  await openssl("req", "-x509", "-new", "-key", "ca.key", "-days", validDays, ...asAuthority);
  await openssl("req", "-new", "-key", "server.key", "-config", "server.cnf", "-out", "server.csr");
  const signed = [
    "-CA",
    "ca.pem",
    "-CAkey",
    "ca.key",
    "-CAcreateserial",
    "-days",
    validDays,
    "-out",
    "server.pem",
  ];
  const withNames = ["-extfile", "server.cnf", "-extensions", "extensions"];
  await openssl("x509", "-req", "-in", "server.csr", ...signed, ...withNames);
  rmSync(file("ca.key"));

  return {
    caFile: file("ca.pem"),
    ca: readFileSync(file("ca.pem"), "utf8"),
    certificateFile: file("server.pem"),
    keyFile: file("server.key"),
  };
}

const caExtensions = [
  "basicConstraints = critical, CA:TRUE",
  "keyUsage = critical, keyCertSign, cRLSign",
];
const serverExtensions = [
  "basicConstraints = critical, CA:FALSE",
  "extendedKeyUsage = serverAuth",
  "subjectAltName = IP:127.0.0.1, DNS:localhost",
];

function requestConfig(commonName: string, extensions: readonly string[]): string {
  const request = ["[req]", "prompt = no", "distinguished_name = name"];
  return [...request, "[name]", `CN = ${commonName}`, "[extensions]", ...extensions, ""].join("\n");
}
