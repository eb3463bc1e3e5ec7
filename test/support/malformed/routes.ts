import { createApp } from "../../../src/app.ts";
import type { DialectForm } from "../dialect-forms.ts";
import { DIALECT_FORMS } from "../dialect-forms.ts";

/** A route of the app, named as the app names it: `POST /api/loyalty/points/earn`. */
export interface Route {
  readonly name: string;
  readonly method: string;
  readonly pattern: string;
}

const routes: readonly Route[] = [
  ...new Map(
    createApp().routes.map(({ method, path }) => {
      const name = `${method} ${path}`;
      return [name, { name, method, pattern: path }] as const;
    }),
  ).values(),
];

/** The dialects whose route it is: one, if the registry is right. */
export function ownersOf(route: Route): readonly DialectForm[] {
  return DIALECT_FORMS.filter((form) => form.routes.test(route.pattern));
}

/** Every route of the app, the closing ones included. */
export function appRoutes(): readonly Route[] {
  return routes;
}

const isClosing = ({ method }: Route): boolean => method === "ALL";
const isWild = ({ pattern }: Route): boolean => pattern.endsWith("/*");

/**
 * The routes of a dialect that requests are sent to: all with a method, and the closing ones of
 * whole paths below. A closing one of a single path is met there by the methods that it closes.
 */
export function targetsOf(form: DialectForm): readonly Route[] {
  const own = routes.filter((route) => form.routes.test(route.pattern));
  return own.filter((route) => !isClosing(route) || isWild(route));
}

/** Closing routes of a path that no target has, so that nobody would meet them. */
export function unmetRoutes(): readonly string[] {
  const met = new Set(DIALECT_FORMS.flatMap(targetsOf).map(({ pattern }) => pattern));
  return routes.filter(({ pattern }) => !met.has(pattern)).map(({ name }) => name);
}

const METHODS = ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND", "TRACE"];

/** Methods that a route's path answers with a refusal. */
export function foreignMethods(route: Route): readonly string[] {
  const answered = routes.filter(({ pattern }) => pattern === route.pattern);
  return METHODS.filter((method) => !answered.some((other) => other.method === method));
}
