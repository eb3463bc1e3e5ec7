import { fileURLToPath } from "node:url";

/** Absolute path of the repository's top level. */
export const projectRoot = fileURLToPath(new URL("..", import.meta.url));

/** The one place where bindings, objects, crons and assets are declared. */
export const projectConfig = fileURLToPath(new URL("../wrangler.toml", import.meta.url));
