CREATE TABLE `customer_blocks` (
	`merchant_id` text NOT NULL,
	`block` integer NOT NULL,
	`tier` text NOT NULL,
	`kept` integer NOT NULL,
	`living` integer NOT NULL,
	`active` integer NOT NULL,
	PRIMARY KEY(`merchant_id`, `block`, `tier`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `customer_names` (
	`merchant_id` text NOT NULL,
	`name` text NOT NULL,
	`part` integer NOT NULL,
	`number` integer NOT NULL,
	PRIMARY KEY(`merchant_id`, `name`, `part`, `number`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `invoice_blocks` (
	`merchant_id` text NOT NULL,
	`block` integer NOT NULL,
	`site_id` text NOT NULL,
	`invoices` integer NOT NULL,
	PRIMARY KEY(`merchant_id`, `block`, `site_id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `series_counts` (
	`series_id` text PRIMARY KEY NOT NULL,
	`vouchers` integer NOT NULL,
	`redeemed` integer NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
DROP INDEX `customers_email`;--> statement-breakpoint
ALTER TABLE `customers` ADD `tier` text DEFAULT '' NOT NULL;--> statement-breakpoint
CREATE INDEX `customers_tier` ON `customers` (`merchant_id`,`tier`,`number`) WHERE status <> 'erased';--> statement-breakpoint
CREATE INDEX `customers_updated` ON `customers` (`merchant_id`,`updated_at`,`number`,`status`);--> statement-breakpoint
CREATE INDEX `customers_code` ON `customers` (`merchant_id`,attributes ->> '$.code') WHERE attributes ->> '$.code' IS NOT NULL;--> statement-breakpoint
CREATE INDEX `customers_mobile` ON `customers` (`merchant_id`,attributes ->> '$.mobile') WHERE attributes ->> '$.mobile' IS NOT NULL;--> statement-breakpoint
CREATE INDEX `customers_telephone` ON `customers` (`merchant_id`,attributes ->> '$.telephone') WHERE attributes ->> '$.telephone' IS NOT NULL;--> statement-breakpoint
CREATE INDEX `customers_email` ON `customers` (`merchant_id`,`email`,`number`);--> statement-breakpoint
ALTER TABLE `keys` ADD `username` text;--> statement-breakpoint
CREATE INDEX `keys_username` ON `keys` (`dialect`,`username`,`staff_id`,`mode`,id DESC) WHERE username IS NOT NULL AND revoked_at IS NULL;--> statement-breakpoint
CREATE INDEX `staff_merchant` ON `staff` (`merchant_id`,`id`);--> statement-breakpoint
CREATE INDEX `customer_types_merchant` ON `customer_types` (`merchant_id`,`id`);--> statement-breakpoint
CREATE INDEX `identifiers_any_case` ON `identifiers` (`merchant_id`,value COLLATE NOCASE) WHERE kind <> '';--> statement-breakpoint
CREATE INDEX `membership_programs_merchant` ON `membership_programs` (`merchant_id`,`id`);--> statement-breakpoint
CREATE INDEX `sites_merchant` ON `sites` (`merchant_id`,`id`);--> statement-breakpoint
CREATE INDEX `invoices_updated` ON `invoices` (`merchant_id`,`updated_at`,`number`,`site_id`);--> statement-breakpoint
CREATE INDEX `invoices_site` ON `invoices` (`merchant_id`,`site_id`,`number`);--> statement-breakpoint
CREATE INDEX `invoices_remarks` ON `invoices` (`merchant_id`,`customer_id`) WHERE customer_id IS NOT NULL AND (void_reason IS NOT NULL
        OR document ->> '$.shown.remark' IS NOT NULL);--> statement-breakpoint
CREATE INDEX `voucher_series_merchant` ON `voucher_series` (`merchant_id`,`id`);--> statement-breakpoint
CREATE INDEX `vouchers_dated` ON `vouchers` (`merchant_id`,`valid_until`,`number`) WHERE status = 'active' AND customer_id IS NULL AND valid_until IS NOT NULL;--> statement-breakpoint
UPDATE `customers` SET `tier` = COALESCE((SELECT LOWER(w.`tier`) FROM `wallets` AS w WHERE w.`customer_id` = `customers`.`id` AND w.`merchant_id` = `customers`.`merchant_id`), '')
	WHERE `id` IN (SELECT `customer_id` FROM `wallets` WHERE `tier` IS NOT NULL);--> statement-breakpoint
INSERT INTO `customer_blocks` SELECT `merchant_id`, `number` >> 12, `tier`, COUNT(*), SUM(`status` <> 'erased'), SUM(`status` NOT IN ('inactive', 'erased'))
	FROM `customers` GROUP BY 1, 2, 3;--> statement-breakpoint
WITH words AS (
	SELECT c.`merchant_id`, c.`number`, c.`name`, word.key AS part, word.value AS word,
		SUM(LENGTH(word.value) + 1) OVER (PARTITION BY c.`id` ORDER BY word.key) - LENGTH(word.value) AS start
	FROM `customers` AS c CROSS JOIN json_each('[' || REPLACE(json_quote(c.`name`), ' ', '","') || ']') AS word
	WHERE c.`name` IS NOT NULL
)
INSERT INTO `customer_names` SELECT `merchant_id`, IIF(`part` = 0, LOWER(`name`), SUBSTR(LOWER(`name`), `start`)), `part`, `number` FROM words
	WHERE (`part` = 0 OR `word` <> '') AND `part` < 8;--> statement-breakpoint
INSERT INTO `invoice_blocks` SELECT `merchant_id`, `number` >> 12, COALESCE(`site_id`, ''), COUNT(*) FROM `invoices` GROUP BY 1, 2, 3;--> statement-breakpoint
INSERT INTO `series_counts` SELECT `series_id`, COUNT(*), SUM(`status` = 'redeemed') FROM `vouchers` GROUP BY 1;--> statement-breakpoint
UPDATE `keys` SET `username` = (SELECT s.`username` FROM `staff` AS s WHERE s.`id` = `keys`.`staff_id` AND s.`merchant_id` = `keys`.`merchant_id`) WHERE `staff_id` IS NOT NULL;--> statement-breakpoint
CREATE TRIGGER `customers_added` AFTER INSERT ON `customers` BEGIN
	INSERT INTO `customer_blocks` VALUES (NEW.`merchant_id`, NEW.`number` >> 12, NEW.`tier`, 1, NEW.`status` <> 'erased', NEW.`status` NOT IN ('inactive', 'erased'))
		ON CONFLICT DO UPDATE SET `kept` = `kept` + 1, `living` = `living` + excluded.`living`, `active` = `active` + excluded.`active`;
	INSERT INTO `customer_names` SELECT NEW.`merchant_id`, IIF(word.`part` = 0, LOWER(NEW.`name`), SUBSTR(LOWER(NEW.`name`), word.`start`)), word.`part`, NEW.`number`
		FROM (SELECT key AS part, value, SUM(LENGTH(value) + 1) OVER (ORDER BY key) - LENGTH(value) AS start
			FROM json_each('[' || REPLACE(json_quote(NEW.`name`), ' ', '","') || ']')) AS word
		WHERE NEW.`name` IS NOT NULL AND (word.`part` = 0 OR word.`value` <> '') AND word.`part` < 8;
END;--> statement-breakpoint
CREATE TRIGGER `customers_moved` AFTER UPDATE OF `status`, `tier` ON `customers`
WHEN OLD.`status` <> NEW.`status` OR OLD.`tier` <> NEW.`tier` BEGIN
	UPDATE `customer_blocks` SET `kept` = `kept` - 1, `living` = `living` - (OLD.`status` <> 'erased'),
		`active` = `active` - (OLD.`status` NOT IN ('inactive', 'erased'))
		WHERE `merchant_id` = OLD.`merchant_id` AND `block` = OLD.`number` >> 12 AND `tier` = OLD.`tier`;
	DELETE FROM `customer_blocks` WHERE `merchant_id` = OLD.`merchant_id` AND `block` = OLD.`number` >> 12
		AND `tier` = OLD.`tier` AND `kept` = 0;
	INSERT INTO `customer_blocks` VALUES (NEW.`merchant_id`, NEW.`number` >> 12, NEW.`tier`, 1, NEW.`status` <> 'erased', NEW.`status` NOT IN ('inactive', 'erased'))
		ON CONFLICT DO UPDATE SET `kept` = `kept` + 1, `living` = `living` + excluded.`living`, `active` = `active` + excluded.`active`;
END;--> statement-breakpoint
CREATE TRIGGER `customers_renamed` AFTER UPDATE OF `name` ON `customers` WHEN OLD.`name` IS NOT NEW.`name` BEGIN
	DELETE FROM `customer_names` WHERE (`merchant_id`, `name`, `part`, `number`) IN (
		SELECT OLD.`merchant_id`, IIF(word.`part` = 0, LOWER(OLD.`name`), SUBSTR(LOWER(OLD.`name`), word.`start`)), word.`part`, OLD.`number`
		FROM (SELECT key AS part, value, SUM(LENGTH(value) + 1) OVER (ORDER BY key) - LENGTH(value) AS start
			FROM json_each('[' || REPLACE(json_quote(OLD.`name`), ' ', '","') || ']')) AS word
		WHERE OLD.`name` IS NOT NULL AND (word.`part` = 0 OR word.`value` <> '') AND word.`part` < 8);
	INSERT INTO `customer_names` SELECT NEW.`merchant_id`, IIF(word.`part` = 0, LOWER(NEW.`name`), SUBSTR(LOWER(NEW.`name`), word.`start`)), word.`part`, NEW.`number`
		FROM (SELECT key AS part, value, SUM(LENGTH(value) + 1) OVER (ORDER BY key) - LENGTH(value) AS start
			FROM json_each('[' || REPLACE(json_quote(NEW.`name`), ' ', '","') || ']')) AS word
		WHERE NEW.`name` IS NOT NULL AND (word.`part` = 0 OR word.`value` <> '') AND word.`part` < 8;
END;--> statement-breakpoint
CREATE TRIGGER `customers_removed` AFTER DELETE ON `customers` BEGIN
	UPDATE `customer_blocks` SET `kept` = `kept` - 1, `living` = `living` - (OLD.`status` <> 'erased'),
		`active` = `active` - (OLD.`status` NOT IN ('inactive', 'erased'))
		WHERE `merchant_id` = OLD.`merchant_id` AND `block` = OLD.`number` >> 12 AND `tier` = OLD.`tier`;
	DELETE FROM `customer_blocks` WHERE `merchant_id` = OLD.`merchant_id` AND `block` = OLD.`number` >> 12
		AND `tier` = OLD.`tier` AND `kept` = 0;
	DELETE FROM `customer_names` WHERE (`merchant_id`, `name`, `part`, `number`) IN (
		SELECT OLD.`merchant_id`, IIF(word.`part` = 0, LOWER(OLD.`name`), SUBSTR(LOWER(OLD.`name`), word.`start`)), word.`part`, OLD.`number`
		FROM (SELECT key AS part, value, SUM(LENGTH(value) + 1) OVER (ORDER BY key) - LENGTH(value) AS start
			FROM json_each('[' || REPLACE(json_quote(OLD.`name`), ' ', '","') || ']')) AS word
		WHERE OLD.`name` IS NOT NULL AND (word.`part` = 0 OR word.`value` <> '') AND word.`part` < 8);
END;--> statement-breakpoint
CREATE TRIGGER `wallets_added` AFTER INSERT ON `wallets` WHEN NEW.`tier` IS NOT NULL BEGIN
	UPDATE `customers` SET `tier` = LOWER(NEW.`tier`) WHERE `id` = NEW.`customer_id` AND `merchant_id` = NEW.`merchant_id`;
END;--> statement-breakpoint
CREATE TRIGGER `wallets_moved` AFTER UPDATE OF `tier` ON `wallets` WHEN OLD.`tier` IS NOT NEW.`tier` BEGIN
	UPDATE `customers` SET `tier` = COALESCE(LOWER(NEW.`tier`), '') WHERE `id` = NEW.`customer_id` AND `merchant_id` = NEW.`merchant_id`;
END;--> statement-breakpoint
CREATE TRIGGER `wallets_removed` AFTER DELETE ON `wallets` WHEN OLD.`tier` IS NOT NULL BEGIN
	UPDATE `customers` SET `tier` = '' WHERE `id` = OLD.`customer_id` AND `merchant_id` = OLD.`merchant_id`;
END;--> statement-breakpoint
CREATE TRIGGER `invoices_added` AFTER INSERT ON `invoices` BEGIN
	INSERT INTO `invoice_blocks` VALUES (NEW.`merchant_id`, NEW.`number` >> 12, COALESCE(NEW.`site_id`, ''), 1)
		ON CONFLICT DO UPDATE SET `invoices` = `invoices` + 1;
END;--> statement-breakpoint
CREATE TRIGGER `invoices_removed` AFTER DELETE ON `invoices` BEGIN
	UPDATE `invoice_blocks` SET `invoices` = `invoices` - 1
		WHERE `merchant_id` = OLD.`merchant_id` AND `block` = OLD.`number` >> 12 AND `site_id` = COALESCE(OLD.`site_id`, '');
END;--> statement-breakpoint
CREATE TRIGGER `vouchers_added` AFTER INSERT ON `vouchers` BEGIN
	INSERT INTO `series_counts` VALUES (NEW.`series_id`, 1, NEW.`status` = 'redeemed')
		ON CONFLICT DO UPDATE SET `vouchers` = `vouchers` + 1, `redeemed` = `redeemed` + excluded.`redeemed`;
END;--> statement-breakpoint
CREATE TRIGGER `vouchers_redeemed` AFTER UPDATE OF `status` ON `vouchers`
WHEN (OLD.`status` = 'redeemed') <> (NEW.`status` = 'redeemed') BEGIN
	UPDATE `series_counts` SET `redeemed` = `redeemed` + (NEW.`status` = 'redeemed') - (OLD.`status` = 'redeemed')
		WHERE `series_id` = NEW.`series_id`;
END;--> statement-breakpoint
CREATE TRIGGER `vouchers_removed` AFTER DELETE ON `vouchers` BEGIN
	UPDATE `series_counts` SET `vouchers` = `vouchers` - 1, `redeemed` = `redeemed` - (OLD.`status` = 'redeemed')
		WHERE `series_id` = OLD.`series_id`;
END;