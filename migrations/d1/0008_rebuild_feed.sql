ALTER TABLE `rebuilds` ADD `feed_cursor` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `rebuilds` ADD `feed_until` integer DEFAULT 0 NOT NULL;