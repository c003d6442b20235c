import { isSecretError } from "@kinko/core";
import type { JsonObject } from "../client/answer.js";
import type { SendEngineRequest } from "../engine/engine-calls.js";
import { duration, given, invalid, numberOf } from "../engine/fields.js";
import { encodeName } from "../engine/names.js";
import { EngineRecords } from "../engine/records.js";
import { checkCsr, checkLife } from "./authorities.js";
import { parseRole, requestBody, roleBody } from "./bodies.js";
import { parseIssued, parseSigned } from "./parse.js";
import type { PkiContext } from "./pki-context.js";
import type { PkiCapability, SignedCertificate } from "./types.js";
import { verifyChain } from "./verify-chain.js";

type Issuing = Pick<
  PkiCapability,
  "writeRole" | "readRole" | "listRoles" | "deleteRole" | "issue" | "sign" | "signVerbatim"
>;

/** Roles, and certificates by them. */
export function createIssuing(pki: PkiContext): Issuing {
  const { calls, mount, clock } = pki;
  const roles = new EngineRecords(calls, {
    path: `${mount}/roles`,
    noun: "role",
    label: "PkiRole",
  });

  /** Refuses a life beyond the role's before anything is issued, where the role may be read. */
  const checkTtl = async (
    send: SendEngineRequest,
    role: string,
    ttlSeconds: number | undefined,
  ): Promise<void> => {
    if (ttlSeconds === undefined) return;
    const path = roles.pathOf(role);
    const found = await send({ method: "GET", path, accept: [404] }).catch((error: unknown) => {
      // Who may issue need not be allowed to read the role; the answer is looked at then.
      if (isSecretError(error, "PermissionDenied")) return undefined;
      throw error;
    });
    const max = numberOf(found?.data ?? {}, "max_ttl");
    if (max === 0 || ttlSeconds <= max) return;
    throw invalid("ttlSeconds", "ttl-beyond-role", `The role gives at most ${max} seconds.`);
  };

  const checked = <Signed extends SignedCertificate>(
    made: Signed,
    ttlSeconds: number | undefined,
  ): Signed => {
    verifyChain([made.certificate, ...made.chain], clock.now());
    if (ttlSeconds !== undefined) checkLife(made.certificate, ttlSeconds);
    return made;
  };

  const request = async (
    operation: "issue" | "sign",
    role: string,
    body: JsonObject,
    { ttlSeconds, call }: { ttlSeconds: number | undefined; call: object },
  ): Promise<JsonObject> => {
    const path = `${mount}/${operation}/${encodeName(role, "role")}`;
    return calls.run(pki.place(`${operation}Certificate`, role), call, async (send) => {
      await checkTtl(send, role, ttlSeconds);
      return (await send({ method: "POST", path, body })).data ?? {};
    });
  };

  return {
    async writeRole(name, role, call = {}) {
      await roles.write(name, roleBody(role), call);
    },
    async readRole(name, call = {}) {
      return parseRole(await roles.read(name, call));
    },
    listRoles: (call = {}) => roles.list(call),
    deleteRole: (name, call = {}) => roles.delete(name, call),
    async issue({ role, ...wish }, call = {}) {
      const { ttlSeconds } = wish;
      const made = parseIssued(
        await request("issue", role, requestBody(wish), { ttlSeconds, call }),
      );
      try {
        return checked(made, ttlSeconds);
      } catch (error) {
        made.privateKey.dispose();
        throw error;
      }
    },
    async sign({ role, csr, ...wish }, call = {}) {
      const { ttlSeconds } = wish;
      const body = { ...requestBody(wish), csr: checkCsr(csr) };
      return checked(
        parseSigned(await request("sign", role, body, { ttlSeconds, call })),
        ttlSeconds,
      );
    },
    async signVerbatim({ csr, ttlSeconds, acceptAnyContent }, call = {}) {
      if (acceptAnyContent !== true) {
        throw invalid(
          "acceptAnyContent",
          "verbatim-not-accepted",
          "Sign by a role, which checks names; or set it, if every name in the request is yours.",
        );
      }
      const body = {
        csr: checkCsr(csr),
        ...given({ ttl: duration(ttlSeconds, "ttlSeconds", { min: 1 }) }),
      };
      const path = `${mount}/sign-verbatim`;
      const place = pki.place("signVerbatim");
      const { data } = await calls.ask(place, call, { method: "POST", path, body });
      return checked(parseSigned(data ?? {}), ttlSeconds);
    },
  };
}
