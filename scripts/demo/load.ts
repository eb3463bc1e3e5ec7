import { type DemoCustomer, type DemoMerchant, type DemoVendor, demoDates } from "./model.ts";
import { type NativeApi, nativeApi } from "./native-api.ts";

/** Loads the vendors' demo data as a merchant who moves in would; a second time changes nothing. */
export async function loadDemo(
  vendors: readonly DemoVendor[],
  url: string,
  signal?: AbortSignal,
): Promise<void> {
  const api = nativeApi(url, signal);
  const dates = demoDates(new Date());
  for (const vendor of vendors) {
    for (const merchant of vendor.merchants(dates)) {
      await loadMerchant(api, merchant);
    }
  }
}

async function loadMerchant(api: NativeApi, demo: DemoMerchant): Promise<void> {
  const { slug } = demo.merchant;
  await api.create("/merchants", { ...demo.merchant, demo: true });
  const parts = {
    "/sites": demo.sites,
    "/programs": demo.programs,
    "/staff": demo.staff ?? [],
    "/keys": demo.keys,
    "/customer_types": demo.customerTypes ?? [],
    "/membership_programs": demo.membershipPrograms ?? [],
  };
  for (const [path, bodies] of Object.entries(parts)) {
    for (const body of bodies) {
      await api.create(path, body, slug);
    }
  }
  await importCustomers(api, demo.customers, slug);
  // Codes may belong to customers.
  for (const { more, ...body } of demo.voucherSeries ?? []) {
    await api.create("/voucher_series", body, slug);
    if (more === undefined) continue;
    const [series] = (await api.list("/voucher_series", slug)).filter(
      ({ key }) => key === body.key,
    );
    await api.create(`/voucher_series/${series?.id}/vouchers`, more, slug);
  }
}

async function importCustomers(
  api: NativeApi,
  customers: readonly DemoCustomer[],
  slug: string,
): Promise<void> {
  if (customers.length === 0) {
    return;
  }
  const outcomes = await api.importLines("/customers/import", customers, slug);
  const loaded = outcomes.filter(({ outcome }) => outcome !== "failed");
  if (loaded.length !== customers.length) {
    throw new Error(`the customers of ${slug} were not imported: ${JSON.stringify(outcomes)}`);
  }
}
