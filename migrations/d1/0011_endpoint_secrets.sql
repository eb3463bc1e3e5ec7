ALTER TABLE `webhook_endpoints` ADD `old_secrets` text DEFAULT '[]' NOT NULL;--> statement-breakpoint
UPDATE `webhook_endpoints` SET `old_secrets` = json_array(json_object('sealed', `old_secret`, 'until', `old_secret_until`)) WHERE `old_secret` IS NOT NULL;--> statement-breakpoint
ALTER TABLE `webhook_endpoints` DROP COLUMN `old_secret`;--> statement-breakpoint
ALTER TABLE `webhook_endpoints` DROP COLUMN `old_secret_until`;