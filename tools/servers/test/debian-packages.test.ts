import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ensureDebianPackages } from "../src/debian-packages.js";
import { ServerUnavailableError } from "../src/errors.js";
import { fakeProgram } from "./fake-program.js";
import { temporaryFolder } from "./temporary-folder.js";

const silent = (): void => undefined;

test("does nothing for a program that is there, whoever installed it", async () => {
  const bin = temporaryFolder();
  fakeProgram(bin, "age", "echo 1.1.1");
  await ensureDebianPackages(["age"], { environment: { PATH: bin }, mayInstall: false });
});

test("names the packages and the command where nothing may be installed", async () => {
  const attempt = ensureDebianPackages(["age", "strace"], {
    environment: { PATH: temporaryFolder() },
    mayInstall: false,
  });
  await expect(attempt).rejects.toThrow(ServerUnavailableError);
  await expect(attempt).rejects.toThrow('"sudo apt-get install age strace"');
});

test("installs only what is missing, without a question and without extras", async () => {
  const bin = temporaryFolder();
  const log = join(bin, "log");
  fakeProgram(bin, "openssl", "echo OpenSSL");
  fakeProgram(bin, "apt-get", `echo "$DEBIAN_FRONTEND $*" >> ${log}`);
  await ensureDebianPackages(["age", "openssl"], {
    environment: { PATH: bin },
    mayInstall: true,
    progress: silent,
  });
  expect(readFileSync(log, "utf8").split("\n")).toEqual([
    "noninteractive -q -o DPkg::Lock::Timeout=300 update",
    "noninteractive -q -o DPkg::Lock::Timeout=300 install --yes --no-install-recommends age",
    "",
  ]);
});

test("keeps PostgreSQL's package from making a cluster before it is installed", async () => {
  const bin = temporaryFolder();
  const log = join(bin, "log");
  const createClusterFile = join(bin, "createcluster.conf");
  writeFileSync(createClusterFile, "# create_main_cluster = true\n");
  fakeProgram(
    bin,
    "apt-get",
    `last=; while read -r line; do last=$line; done < ${createClusterFile}; echo "$* | $last" >> ${log}`,
  );
  await ensureDebianPackages(["postgresql"], {
    environment: { PATH: bin },
    mayInstall: true,
    progress: silent,
    createClusterFile,
  });
  const steps = readFileSync(log, "utf8").trimEnd().split("\n");
  expect(steps.map((line) => line.replace(/^.*=300 /, ""))).toEqual([
    "update | # create_main_cluster = true",
    "install --yes --no-install-recommends postgresql-common | # create_main_cluster = true",
    "install --yes --no-install-recommends postgresql | create_main_cluster = false",
  ]);
  expect(readFileSync(createClusterFile, "utf8")).toBe(
    "# create_main_cluster = true\ncreate_main_cluster = false\n",
  );
});

test("shows the end of what apt-get said when it fails", async () => {
  const bin = temporaryFolder();
  fakeProgram(bin, "apt-get", 'echo "E: Unable to locate package" >&2; exit 100');
  const attempt = ensureDebianPackages(["age"], {
    environment: { PATH: bin },
    mayInstall: true,
    progress: silent,
  });
  await expect(attempt).rejects.toThrow(/apt-get update failed[\s\S]*Unable to locate package/);
});
