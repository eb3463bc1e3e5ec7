import { augmigo } from "./augmigo.ts";
import { imonggo } from "./imonggo.ts";
import { kirimel } from "./kirimel.ts";
import { microgenn } from "./microgenn.ts";
import type { DemoVendor } from "./model.ts";

/** Every vendor whose demo data a local runtime holds. */
export const demoVendors: readonly DemoVendor[] = [kirimel, microgenn, augmigo, imonggo];
