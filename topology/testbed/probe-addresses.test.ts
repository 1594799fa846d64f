import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { RttlabError } from "../../lib/errors.ts";
import { type ProbePlace, shareAddresses } from "./probe-addresses.ts";

/** Of 14 addresses a gateway, 8 links and 2 hosts leave 3: .12 to .14. */
const SERVERS: ProbePlace = {
  dockerNetwork: "servers",
  subnet: "10.9.1.0/28",
  taken: Array.from({ length: 10 }, (_, at) => `10.9.1.${2 + at}`),
};
const siteOf = (at: number): ProbePlace => ({
  dockerNetwork: `site-${at}`,
  subnet: `10.9.${100 + at}.0/24`,
  taken: [],
});
const never = async () => false;
const ended = () => new Promise<void>((resolve) => setImmediate(resolve));

describe("the addresses of probes", () => {
  it("are enough on a /28 for 8 links that are measured at once, one after another", async () => {
    const [withAddresses, atServers, used] = [shareAddresses(), new Set<string>(), [] as string[]];
    const measured = Array.from({ length: 8 }, (_, at) =>
      withAddresses([siteOf(at), SERVERS], never, async ([site = "", server = ""]) => {
        assert.equal(site, `10.9.${100 + at}.254`);
        assert.ok(!atServers.has(server), `${server} is another's at the moment`);
        atServers.add(server);
        used.push(server);
        await ended();
        atServers.delete(server);
      }),
    );
    await Promise.all(measured);
    assert.equal(used.length, 8);
    assert.deepEqual([...new Set(used)].sort(), ["10.9.1.12", "10.9.1.13", "10.9.1.14"]);
  });

  it("are given back by a measurement that fails", async () => {
    const withAddresses = shareAddresses();
    const full = { ...SERVERS, taken: [...SERVERS.taken, "10.9.1.12", "10.9.1.13"] };
    const failing = withAddresses([full], never, async () => {
      await ended();
      throw new Error("it failed");
    });
    const next = withAddresses([full], never, async ([address]) => address);
    await assert.rejects(failing, /it failed/);
    assert.equal(await next, "10.9.1.14");
  });

  it("are refused where nobody will give one back", async () => {
    const full = { ...SERVERS, taken: Array.from({ length: 13 }, (_, at) => `10.9.1.${2 + at}`) };
    await assert.rejects(
      shareAddresses()([full], never, async () => {}),
      { code: "E_NO_FREE_ADDRESS" },
    );
  });

  it("are the next ones where another process has taken one meanwhile, and the others stay", async () => {
    const tried: string[] = [];
    const isTaken = async (network: string, address: string) => network === "servers" && address === "10.9.1.14";
    const chosen = await shareAddresses()([siteOf(1), SERVERS], isTaken, async (addresses) => {
      tried.push(addresses.join(" "));
      if (addresses.includes("10.9.1.14")) throw new RttlabError("E_ADDRESS_IN_USE", "starting a probe: it is taken");
      return addresses;
    });
    assert.deepEqual(tried, ["10.9.101.254 10.9.1.14", "10.9.101.254 10.9.1.13"]);
    assert.deepEqual(chosen, ["10.9.101.254", "10.9.1.13"]);
  });

  it("are not tried for ever where Docker refuses whatever it is asked for", async () => {
    let tries = 0;
    const refusing = shareAddresses()([SERVERS], never, async () => {
      tries += 1;
      throw new RttlabError("E_ADDRESS_IN_USE", "starting a probe: it is taken");
    });
    await assert.rejects(refusing, { code: "E_ADDRESS_IN_USE" });
    assert.equal(tries, 8);
  });
});
