CREATE TABLE `sweeps` (
	`merchant_id` text PRIMARY KEY NOT NULL,
	`cursor` integer NOT NULL,
	`began_at` integer NOT NULL,
	`due_at` integer NOT NULL
);
--> statement-breakpoint
DROP INDEX `wallets_expiry`;--> statement-breakpoint
ALTER TABLE `wallets` ADD `wake_at` integer;--> statement-breakpoint
ALTER TABLE `wallets` ADD `wakes` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
UPDATE `wallets` SET `wake_at` = `next_expiry` WHERE `next_expiry` IS NOT NULL;--> statement-breakpoint
CREATE INDEX `wallets_wake` ON `wallets` (`merchant_id`,`wake_at`) WHERE wake_at IS NOT NULL;--> statement-breakpoint
DROP INDEX `invoices_open`;--> statement-breakpoint
ALTER TABLE `invoices` ADD `tries` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `invoices` ADD `retry_at` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX `invoices_open` ON `invoices` (`merchant_id`,`retry_at`) WHERE customer_id IS NOT NULL AND (booked_at IS NULL
        OR (voided_at IS NOT NULL AND void_booked_at IS NULL));