import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { agreedVersion } from "./api-version.ts";

describe("the version of Docker's API", () => {
  it("is the newest that both speak", () => {
    assert.equal(agreedVersion({ Version: "20.10.24", ApiVersion: "1.41", MinAPIVersion: "1.12" }), "1.41");
    assert.equal(agreedVersion({ Version: "28.5.2", ApiVersion: "1.51", MinAPIVersion: "1.24" }), "1.51");
    assert.equal(agreedVersion({ Version: "30.0.0", ApiVersion: "1.60", MinAPIVersion: "1.44" }), "1.51");
  });

  it("is refused in one line with the versions where the engine is too old", () => {
    assert.throws(() => agreedVersion({ Version: "1.9.1", ApiVersion: "1.9", MinAPIVersion: "1.9" }), {
      code: "E_DOCKER_UNAVAILABLE",
      message:
        "reaching Docker: engine 1.9.1 speaks API 1.9 to 1.9, rttlab 1.41 to 1.51; install Docker 20.10 or later",
    });
  });

  it("is refused where the engine speaks only later ones", () => {
    assert.throws(() => agreedVersion({ Version: "40.0.0", ApiVersion: "1.80", MinAPIVersion: "1.60" }), {
      code: "E_DOCKER_UNAVAILABLE",
      message: /1\.60 to 1\.80, .*; update rttlab$/,
    });
  });
});
