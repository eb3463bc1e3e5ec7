CREATE TABLE `openings` (
	`customer_id` text PRIMARY KEY NOT NULL,
	`merchant_id` text NOT NULL,
	`bookings` text NOT NULL,
	`keys` text NOT NULL,
	`called_at` integer
);
--> statement-breakpoint
CREATE INDEX `vouchers_remarks` ON `vouchers` (`redeemed_by`) WHERE json_extract(redemption, '$.remarks') IS NOT NULL;