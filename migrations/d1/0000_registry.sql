CREATE TABLE `customers` (
	`id` text PRIMARY KEY NOT NULL,
	`merchant_id` text NOT NULL,
	`number` integer NOT NULL,
	`status` text NOT NULL,
	`site_id` text,
	`name` text,
	`email` text,
	`birth_date` text,
	`attributes` text NOT NULL,
	`joined_at` integer NOT NULL,
	`last_seen_at` integer,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `customers_number` ON `customers` (`merchant_id`,`number`);--> statement-breakpoint
CREATE INDEX `customers_email` ON `customers` (`merchant_id`,`email`);--> statement-breakpoint
CREATE TABLE `entries` (
	`merchant_id` text NOT NULL,
	`customer_id` text NOT NULL,
	`seq` integer NOT NULL,
	`id` text NOT NULL,
	`kind` text NOT NULL,
	`unit` text NOT NULL,
	`amount` integer NOT NULL,
	`balance` integer NOT NULL,
	`reference` text,
	`site_id` text,
	`dialect` text NOT NULL,
	`occurred_at` integer NOT NULL,
	`recorded_at` integer NOT NULL,
	PRIMARY KEY(`merchant_id`, `customer_id`, `seq`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `events` (
	`merchant_id` text NOT NULL,
	`seq` integer NOT NULL,
	`id` text NOT NULL,
	`type` text NOT NULL,
	`customer_id` text,
	`sequence` integer,
	`timestamp` integer NOT NULL,
	`data` text NOT NULL,
	PRIMARY KEY(`merchant_id`, `seq`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `feeds` (
	`merchant_id` text PRIMARY KEY NOT NULL,
	`handed_seq` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `identifiers` (
	`merchant_id` text NOT NULL,
	`kind` text NOT NULL,
	`value` text NOT NULL,
	`customer_id` text NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`merchant_id`, `kind`, `value`)
);
--> statement-breakpoint
CREATE INDEX `identifiers_customer` ON `identifiers` (`customer_id`);--> statement-breakpoint
CREATE TABLE `keys` (
	`id` text PRIMARY KEY NOT NULL,
	`merchant_id` text NOT NULL,
	`dialect` text NOT NULL,
	`name` text NOT NULL,
	`hash` text NOT NULL,
	`hint` text NOT NULL,
	`secret` text,
	`mode` text NOT NULL,
	`scopes` text NOT NULL,
	`site_id` text,
	`unlimited` integer NOT NULL,
	`expires_at` integer,
	`revoked_at` integer,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `keys_hash` ON `keys` (`hash`);--> statement-breakpoint
CREATE INDEX `keys_merchant` ON `keys` (`merchant_id`,`id`);--> statement-breakpoint
CREATE TABLE `merchants` (
	`id` text PRIMARY KEY NOT NULL,
	`number` integer NOT NULL,
	`slug` text NOT NULL,
	`name` text NOT NULL,
	`currency` text NOT NULL,
	`time_zone` text NOT NULL,
	`business_type` text,
	`sandbox` integer NOT NULL,
	`demo` integer NOT NULL,
	`pending` integer NOT NULL,
	`group_code` text,
	`site_limit` integer,
	`unmasked` integer NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `merchants_number_unique` ON `merchants` (`number`);--> statement-breakpoint
CREATE UNIQUE INDEX `merchants_slug_unique` ON `merchants` (`slug`);--> statement-breakpoint
CREATE TABLE `programs` (
	`id` text PRIMARY KEY NOT NULL,
	`merchant_id` text NOT NULL,
	`name` text NOT NULL,
	`definition` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `programs_merchant` ON `programs` (`merchant_id`);--> statement-breakpoint
CREATE TABLE `rebuilds` (
	`merchant_id` text PRIMARY KEY NOT NULL,
	`started_at` integer NOT NULL,
	`finished_at` integer,
	`cursor` text NOT NULL,
	`done` integer NOT NULL,
	`total` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `requests` (
	`merchant_id` text NOT NULL,
	`key` text NOT NULL,
	`fingerprint` text NOT NULL,
	`outcome` text,
	`expires_at` integer NOT NULL,
	PRIMARY KEY(`merchant_id`, `key`)
);
--> statement-breakpoint
CREATE INDEX `requests_expiry` ON `requests` (`expires_at`);--> statement-breakpoint
CREATE TABLE `sites` (
	`id` text PRIMARY KEY NOT NULL,
	`merchant_id` text NOT NULL,
	`number` integer NOT NULL,
	`code` text NOT NULL,
	`name` text NOT NULL,
	`kind` text,
	`address` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `sites_code` ON `sites` (`merchant_id`,`code`);--> statement-breakpoint
CREATE UNIQUE INDEX `sites_number` ON `sites` (`merchant_id`,`number`);--> statement-breakpoint
CREATE TABLE `staff` (
	`id` text PRIMARY KEY NOT NULL,
	`merchant_id` text NOT NULL,
	`username` text NOT NULL,
	`name` text NOT NULL,
	`password` text NOT NULL,
	`site_ids` text NOT NULL,
	`default_site_id` text,
	`scopes` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `staff_username` ON `staff` (`merchant_id`,`username`);--> statement-breakpoint
CREATE TABLE `voucher_series` (
	`id` text PRIMARY KEY NOT NULL,
	`merchant_id` text NOT NULL,
	`number` integer NOT NULL,
	`name` text NOT NULL,
	`kind` text NOT NULL,
	`value` integer NOT NULL,
	`min_purchase` integer,
	`max_discount` integer,
	`valid_from` text,
	`valid_until` text,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `voucher_series_number` ON `voucher_series` (`merchant_id`,`number`);--> statement-breakpoint
CREATE TABLE `vouchers` (
	`id` text PRIMARY KEY NOT NULL,
	`merchant_id` text NOT NULL,
	`series_id` text NOT NULL,
	`number` integer NOT NULL,
	`code` text NOT NULL,
	`generated` integer NOT NULL,
	`status` text NOT NULL,
	`customer_id` text,
	`issued_at` integer,
	`issue_reference` text,
	`redeemed_at` integer,
	`redeemed_by` text,
	`redeem_reference` text,
	`redemption` text,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `vouchers_code` ON `vouchers` (`merchant_id`,`code`);--> statement-breakpoint
CREATE UNIQUE INDEX `vouchers_number` ON `vouchers` (`merchant_id`,`number`);--> statement-breakpoint
CREATE INDEX `vouchers_free` ON `vouchers` (`series_id`,`number`) WHERE status = 'active' AND customer_id IS NULL;--> statement-breakpoint
CREATE INDEX `vouchers_customer` ON `vouchers` (`customer_id`) WHERE customer_id IS NOT NULL;--> statement-breakpoint
CREATE UNIQUE INDEX `vouchers_issue_reference` ON `vouchers` (`merchant_id`,`customer_id`,`issue_reference`) WHERE issue_reference IS NOT NULL;--> statement-breakpoint
CREATE UNIQUE INDEX `vouchers_redeem_reference` ON `vouchers` (`merchant_id`,`redeemed_by`,`redeem_reference`) WHERE redeem_reference IS NOT NULL;--> statement-breakpoint
CREATE TABLE `wallets` (
	`customer_id` text PRIMARY KEY NOT NULL,
	`merchant_id` text NOT NULL,
	`seq` integer NOT NULL,
	`points` integer NOT NULL,
	`tier` text,
	`last_earned_at` integer,
	`last_redeemed_at` integer,
	`holdings` text NOT NULL,
	`published_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `wallets_tier` ON `wallets` (`merchant_id`,`tier`);--> statement-breakpoint
CREATE TABLE `webhook_endpoints` (
	`id` text PRIMARY KEY NOT NULL,
	`merchant_id` text NOT NULL,
	`url` text NOT NULL,
	`description` text NOT NULL,
	`event_types` text NOT NULL,
	`enabled` integer NOT NULL,
	`disabled_reason` text,
	`secret` text NOT NULL,
	`old_secret` text,
	`old_secret_until` integer,
	`after_seq` integer NOT NULL,
	`version` integer NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `webhook_endpoints_merchant` ON `webhook_endpoints` (`merchant_id`,`id`);