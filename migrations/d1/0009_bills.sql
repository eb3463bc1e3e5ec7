ALTER TABLE `bills` ADD `voided_at` integer;--> statement-breakpoint
ALTER TABLE `bills` ADD `reversed_at` integer;