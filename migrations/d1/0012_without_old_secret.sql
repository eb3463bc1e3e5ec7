ALTER TABLE `webhook_endpoints` DROP COLUMN `old_secret`;--> statement-breakpoint
ALTER TABLE `webhook_endpoints` DROP COLUMN `old_secret_until`;