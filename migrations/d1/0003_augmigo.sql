CREATE TABLE `claims` (
	`merchant_id` text NOT NULL,
	`operation` text NOT NULL,
	`key` text NOT NULL,
	`customer_id` text,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`merchant_id`, `operation`, `key`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `membership_programs` (
	`id` text PRIMARY KEY NOT NULL,
	`merchant_id` text NOT NULL,
	`key` text NOT NULL,
	`label` text NOT NULL,
	`description` text,
	`conditions` text,
	`years` integer NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `membership_programs_key` ON `membership_programs` (`merchant_id`,`key`);--> statement-breakpoint
CREATE TABLE `memberships` (
	`id` text PRIMARY KEY NOT NULL,
	`merchant_id` text NOT NULL,
	`customer_id` text NOT NULL,
	`program_id` text NOT NULL,
	`entitled_on` text NOT NULL,
	`expires_on` text NOT NULL,
	`ended_at` integer,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `memberships_held` ON `memberships` (`merchant_id`,`customer_id`,`program_id`) WHERE ended_at IS NULL;--> statement-breakpoint
CREATE TABLE `staff_tokens` (
	`hash` text PRIMARY KEY NOT NULL,
	`merchant_id` text NOT NULL,
	`staff_id` text NOT NULL,
	`key_id` text NOT NULL,
	`site_id` text,
	`expires_at` integer NOT NULL,
	`created_at` integer NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `staff_tokens_expiry` ON `staff_tokens` (`expires_at`);--> statement-breakpoint
ALTER TABLE `customers` ADD `password` text;--> statement-breakpoint
ALTER TABLE `staff` ADD `number` integer;--> statement-breakpoint
ALTER TABLE `staff` ADD `all_sites` integer DEFAULT false NOT NULL;--> statement-breakpoint
CREATE UNIQUE INDEX `staff_number` ON `staff` (`merchant_id`,`number`);--> statement-breakpoint
ALTER TABLE `voucher_series` ADD `key` text;--> statement-breakpoint
ALTER TABLE `voucher_series` ADD `label` text;--> statement-breakpoint
ALTER TABLE `voucher_series` ADD `description` text;--> statement-breakpoint
ALTER TABLE `voucher_series` ADD `image_url` text;--> statement-breakpoint
ALTER TABLE `voucher_series` ADD `conditions` text;--> statement-breakpoint
ALTER TABLE `voucher_series` ADD `configuration` text;--> statement-breakpoint
ALTER TABLE `voucher_series` ADD `life_days` integer;--> statement-breakpoint
CREATE UNIQUE INDEX `voucher_series_key` ON `voucher_series` (`merchant_id`,`key`);--> statement-breakpoint
ALTER TABLE `vouchers` ADD `valid_from` text;--> statement-breakpoint
ALTER TABLE `vouchers` ADD `valid_until` text;