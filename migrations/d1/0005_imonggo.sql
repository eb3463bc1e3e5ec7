CREATE TABLE `customer_types` (
	`id` text PRIMARY KEY NOT NULL,
	`merchant_id` text NOT NULL,
	`number` integer NOT NULL,
	`name` text NOT NULL,
	`discount` integer NOT NULL,
	`earn_amount` integer,
	`points_per_unit` integer,
	`active` integer NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `customer_types_number` ON `customer_types` (`merchant_id`,`number`);--> statement-breakpoint
CREATE TABLE `invoices` (
	`id` text PRIMARY KEY NOT NULL,
	`merchant_id` text NOT NULL,
	`number` integer NOT NULL,
	`reference` text,
	`customer_id` text,
	`site_id` text,
	`amount` integer NOT NULL,
	`points_earned` integer,
	`document` text NOT NULL,
	`invoiced_at` integer NOT NULL,
	`booked_at` integer,
	`voided_at` integer,
	`void_booked_at` integer,
	`void_reason` text,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `invoices_number` ON `invoices` (`merchant_id`,`number`);--> statement-breakpoint
CREATE UNIQUE INDEX `invoices_reference` ON `invoices` (`merchant_id`,`reference`) WHERE reference IS NOT NULL;--> statement-breakpoint
CREATE INDEX `invoices_open` ON `invoices` (`created_at`) WHERE customer_id IS NOT NULL AND (booked_at IS NULL
        OR (voided_at IS NOT NULL AND void_booked_at IS NULL));--> statement-breakpoint
ALTER TABLE `keys` ADD `staff_id` text;--> statement-breakpoint
CREATE INDEX `keys_staff` ON `keys` (`staff_id`) WHERE staff_id IS NOT NULL;