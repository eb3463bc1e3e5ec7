import type { FieldKind } from "./hostile.ts";

/** An endpoint with a request that it understands. */
export interface Endpoint {
  readonly path: string;
  readonly methods: readonly ("GET" | "POST")[];
  /** Fields without which the request is refused. */
  readonly required: readonly string[];
  /** A request in which the field can be made hostile and all else is good. */
  readonly sound: (field: string) => Readonly<Record<string, unknown>>;
  readonly fields: Readonly<Record<string, FieldKind>>;
}

const REMARKS = { description: "text", reference_id: "text", reference_type: "text" } as const;

/** Every endpoint of the dialect's first part, with every field that it reads. */
export const ENDPOINTS: readonly Endpoint[] = [
  {
    path: "/customers/register",
    methods: ["POST"],
    required: [],
    // With a phone that is known no strange QR code comes to belong to anybody.
    sound: (field) => (field === "qr_code" ? { phone: "+60123456789" } : { qr_code: "QR-9000" }),
    fields: {
      phone: "phone",
      qr_code: "text",
      name: "text",
      email: "email",
      birth_date: "date",
      tags: "list",
    },
  },
  {
    path: "/customers/lookup",
    methods: ["GET", "POST"],
    required: [],
    sound: () => ({}),
    fields: { phone: "phone", identifier: "text", qr_code: "text", customer_id: "customer" },
  },
  {
    path: "/customers/lookup-by-email",
    methods: ["GET"],
    required: ["email"],
    sound: () => ({}),
    fields: { email: "email" },
  },
  {
    path: "/points/earn",
    methods: ["POST"],
    required: ["customer_id"],
    sound: () => ({ customer_id: 123456, points: 1 }),
    fields: { customer_id: "customer", points: "count", amount: "money", ...REMARKS },
  },
  {
    path: "/points/redeem",
    methods: ["POST"],
    required: ["customer_id", "points"],
    sound: () => ({ customer_id: 123456, points: 1 }),
    fields: { customer_id: "customer", points: "count", ...REMARKS },
  },
  {
    path: "/wallet/balance",
    methods: ["GET", "POST"],
    required: ["customer_id"],
    sound: () => ({}),
    fields: { customer_id: "customer" },
  },
];
