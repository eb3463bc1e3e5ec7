CREATE TABLE `openings` (
	`customer_id` text PRIMARY KEY NOT NULL,
	`merchant_id` text NOT NULL,
	`bookings` text NOT NULL,
	`keys` text NOT NULL,
	`called_at` integer
);
--> statement-breakpoint
CREATE INDEX `vouchers_remarks` ON `vouchers` (`redeemed_by`) WHERE json_extract(redemption, '$.remarks') IS NOT NULL;
--> statement-breakpoint
-- What tills wrote about whom earlier releases erased.
UPDATE vouchers SET redemption = json_set(redemption, '$.remarks', NULL)
WHERE json_extract(redemption, '$.remarks') IS NOT NULL
  AND redeemed_by IN (SELECT id FROM customers WHERE status = 'erased');
