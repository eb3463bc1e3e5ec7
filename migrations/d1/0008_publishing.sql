ALTER TABLE `rebuilds` ADD `feed_cursor` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `rebuilds` ADD `feed_until` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `webhook_endpoints` ADD `behind_seq` integer;--> statement-breakpoint
ALTER TABLE `webhook_endpoints` ADD `behind_since` integer;--> statement-breakpoint
ALTER TABLE `webhook_endpoints` ADD `behind_failures` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `webhook_endpoints` ADD `behind_retry_at` integer;--> statement-breakpoint
CREATE INDEX `webhook_endpoints_behind` ON `webhook_endpoints` (`merchant_id`,`behind_retry_at`) WHERE behind_retry_at IS NOT NULL;