CREATE TABLE `bills` (
	`merchant_id` text NOT NULL,
	`id` text NOT NULL,
	`customer_id` text NOT NULL,
	`number` text,
	`reference` text,
	`total` integer NOT NULL,
	`currency` text NOT NULL,
	`lines` text NOT NULL,
	`site_id` text,
	`dialect` text NOT NULL,
	`occurred_at` integer NOT NULL,
	`recorded_at` integer NOT NULL,
	PRIMARY KEY(`merchant_id`, `id`)
);
--> statement-breakpoint
CREATE INDEX `bills_customer` ON `bills` (`merchant_id`,`customer_id`,`id`);--> statement-breakpoint
CREATE TABLE `patrols` (
	`id` integer PRIMARY KEY NOT NULL,
	`cursor` text NOT NULL
);
