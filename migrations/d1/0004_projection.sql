DROP TABLE `entries`;--> statement-breakpoint
DROP INDEX `wallets_tier`;--> statement-breakpoint
ALTER TABLE `wallets` ADD `next_expiry` integer;--> statement-breakpoint
CREATE INDEX `wallets_expiry` ON `wallets` (`next_expiry`) WHERE next_expiry IS NOT NULL;