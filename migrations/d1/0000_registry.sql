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
	`slug` text NOT NULL,
	`name` text NOT NULL,
	`currency` text NOT NULL,
	`time_zone` text NOT NULL,
	`business_type` text,
	`sandbox` integer NOT NULL,
	`demo` integer NOT NULL,
	`pending` integer NOT NULL,
	`site_limit` integer,
	`unmasked` integer NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
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
CREATE UNIQUE INDEX `staff_username` ON `staff` (`merchant_id`,`username`);