import { describe } from "vitest";
import { describeMalformed } from "../../support/malformed/suite.ts";

describe("a broken request of the dialect microgenn", () => describeMalformed("microgenn"));
