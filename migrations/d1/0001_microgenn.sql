CREATE TABLE `messages` (
	`id` text PRIMARY KEY NOT NULL,
	`merchant_id` text NOT NULL,
	`purpose` text NOT NULL,
	`recipient` text NOT NULL,
	`text` text NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `messages_merchant` ON `messages` (`merchant_id`,`id`);--> statement-breakpoint
ALTER TABLE `merchants` ADD `message_gateway` text;--> statement-breakpoint
ALTER TABLE `voucher_series` ADD `source` text;--> statement-breakpoint
CREATE INDEX `vouchers_code_any_case` ON `vouchers` (`merchant_id`,code COLLATE NOCASE);