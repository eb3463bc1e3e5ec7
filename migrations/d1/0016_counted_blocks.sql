ALTER TABLE `openings` DROP COLUMN `called_at`;--> statement-breakpoint
DROP TRIGGER `customers_added`;--> statement-breakpoint
DROP TRIGGER `customers_moved`;--> statement-breakpoint
DROP TRIGGER `customers_removed`;--> statement-breakpoint
DROP TABLE `customer_blocks`;--> statement-breakpoint
CREATE TABLE `customer_blocks` (
	`merchant_id` text NOT NULL,
	`start` integer NOT NULL,
	`tier` text NOT NULL,
	`kept` integer NOT NULL,
	`living` integer NOT NULL,
	`active` integer NOT NULL,
	PRIMARY KEY(`merchant_id`, `start`, `tier`)
) WITHOUT ROWID;
--> statement-breakpoint
WITH ranked AS (
	SELECT `merchant_id`, `number`, `tier`, `status`,
		(ROW_NUMBER() OVER (PARTITION BY `merchant_id` ORDER BY `number`) - 1) >> 12 AS part FROM `customers`
), parted AS (
	SELECT *, IIF(part = 0, 0, MIN(`number`) OVER (PARTITION BY `merchant_id`, part)) AS start FROM ranked
)
INSERT INTO `customer_blocks` SELECT `merchant_id`, start, `tier`, COUNT(*), SUM(`status` <> 'erased'), SUM(`status` NOT IN ('inactive', 'erased'))
	FROM parted GROUP BY 1, 2, 3;--> statement-breakpoint
CREATE TRIGGER `customers_added` AFTER INSERT ON `customers` BEGIN
	INSERT INTO `customer_blocks` VALUES (NEW.`merchant_id`,
		COALESCE((SELECT MAX(`start`) FROM `customer_blocks` WHERE `merchant_id` = NEW.`merchant_id` AND `start` <= NEW.`number`), 0),
		NEW.`tier`, 1, NEW.`status` <> 'erased', NEW.`status` NOT IN ('inactive', 'erased'))
		ON CONFLICT DO UPDATE SET `kept` = `kept` + 1, `living` = `living` + excluded.`living`, `active` = `active` + excluded.`active`;
	INSERT INTO `customer_names` SELECT NEW.`merchant_id`, IIF(word.`part` = 0, LOWER(NEW.`name`), SUBSTR(LOWER(NEW.`name`), word.`start`)), word.`part`, NEW.`number`
		FROM (SELECT key AS part, value, SUM(LENGTH(value) + 1) OVER (ORDER BY key) - LENGTH(value) AS start
			FROM json_each('[' || REPLACE(json_quote(NEW.`name`), ' ', '","') || ']')) AS word
		WHERE NEW.`name` IS NOT NULL AND (word.`part` = 0 OR word.`value` <> '') AND word.`part` < 8;
END;--> statement-breakpoint
CREATE TRIGGER `customers_moved` AFTER UPDATE OF `status`, `tier` ON `customers`
WHEN OLD.`status` <> NEW.`status` OR OLD.`tier` <> NEW.`tier` BEGIN
	UPDATE `customer_blocks` SET `kept` = `kept` - (OLD.`tier` <> NEW.`tier`), `living` = `living` - (OLD.`status` <> 'erased'),
		`active` = `active` - (OLD.`status` NOT IN ('inactive', 'erased'))
		WHERE `merchant_id` = OLD.`merchant_id` AND `tier` = OLD.`tier`
		AND `start` = (SELECT MAX(`start`) FROM `customer_blocks` WHERE `merchant_id` = OLD.`merchant_id` AND `start` <= OLD.`number`);
	INSERT INTO `customer_blocks` VALUES (NEW.`merchant_id`,
		COALESCE((SELECT MAX(`start`) FROM `customer_blocks` WHERE `merchant_id` = NEW.`merchant_id` AND `start` <= NEW.`number`), 0),
		NEW.`tier`, 1, NEW.`status` <> 'erased', NEW.`status` NOT IN ('inactive', 'erased'))
		ON CONFLICT DO UPDATE SET `kept` = `kept` + (OLD.`tier` <> NEW.`tier`), `living` = `living` + excluded.`living`, `active` = `active` + excluded.`active`;
	DELETE FROM `customer_blocks` WHERE `merchant_id` = OLD.`merchant_id` AND `tier` = OLD.`tier` AND `kept` = 0
		AND `start` = (SELECT MAX(`start`) FROM `customer_blocks` WHERE `merchant_id` = OLD.`merchant_id` AND `start` <= OLD.`number`);
END;--> statement-breakpoint
CREATE TRIGGER `customers_removed` AFTER DELETE ON `customers` BEGIN
	UPDATE `customer_blocks` SET `kept` = `kept` - 1, `living` = `living` - (OLD.`status` <> 'erased'),
		`active` = `active` - (OLD.`status` NOT IN ('inactive', 'erased'))
		WHERE `merchant_id` = OLD.`merchant_id` AND `tier` = OLD.`tier`
		AND `start` = (SELECT MAX(`start`) FROM `customer_blocks` WHERE `merchant_id` = OLD.`merchant_id` AND `start` <= OLD.`number`);
	DELETE FROM `customer_blocks` WHERE `merchant_id` = OLD.`merchant_id` AND `tier` = OLD.`tier` AND `kept` = 0
		AND `start` = (SELECT MAX(`start`) FROM `customer_blocks` WHERE `merchant_id` = OLD.`merchant_id` AND `start` <= OLD.`number`);
	DELETE FROM `customer_names` WHERE (`merchant_id`, `name`, `part`, `number`) IN (
		SELECT OLD.`merchant_id`, IIF(word.`part` = 0, LOWER(OLD.`name`), SUBSTR(LOWER(OLD.`name`), word.`start`)), word.`part`, OLD.`number`
		FROM (SELECT key AS part, value, SUM(LENGTH(value) + 1) OVER (ORDER BY key) - LENGTH(value) AS start
			FROM json_each('[' || REPLACE(json_quote(OLD.`name`), ' ', '","') || ']')) AS word
		WHERE OLD.`name` IS NOT NULL AND (word.`part` = 0 OR word.`value` <> '') AND word.`part` < 8);
END;--> statement-breakpoint
-- Halves a block that is full; the last one is only ended, since numbers that go on come behind it.
CREATE TRIGGER `customer_blocks_filled` AFTER UPDATE OF `kept` ON `customer_blocks`
WHEN NEW.`kept` > OLD.`kept` AND (SELECT SUM(`kept`) FROM `customer_blocks`
	WHERE `merchant_id` = NEW.`merchant_id` AND `start` = NEW.`start`) > 4096 BEGIN
	INSERT INTO `customer_blocks`
		SELECT c.`merchant_id`, part.`start`, c.`tier`, COUNT(*), SUM(c.`status` <> 'erased'), SUM(c.`status` NOT IN ('inactive', 'erased'))
		FROM (SELECT `number` AS start FROM `customers` WHERE `merchant_id` = NEW.`merchant_id` AND `number` >= NEW.`start`
			ORDER BY `number` LIMIT 1 OFFSET IIF(EXISTS (SELECT 1 FROM `customer_blocks` WHERE `merchant_id` = NEW.`merchant_id` AND `start` > NEW.`start`), 2048, 4096)) AS part
		CROSS JOIN `customers` AS c ON c.`merchant_id` = NEW.`merchant_id` AND c.`number` >= part.`start` AND c.`number` < COALESCE(
			(SELECT MIN(`start`) FROM `customer_blocks` WHERE `merchant_id` = NEW.`merchant_id` AND `start` > NEW.`start`), 9223372036854775807)
		GROUP BY c.`tier`;
	UPDATE `customer_blocks` SET `kept` = `customer_blocks`.`kept` - ended.`kept`, `living` = `customer_blocks`.`living` - ended.`living`, `active` = `customer_blocks`.`active` - ended.`active`
		FROM `customer_blocks` AS ended
		WHERE `customer_blocks`.`merchant_id` = NEW.`merchant_id` AND `customer_blocks`.`start` = NEW.`start`
		AND ended.`merchant_id` = NEW.`merchant_id` AND ended.`tier` = `customer_blocks`.`tier`
		AND ended.`start` = (SELECT MIN(`start`) FROM `customer_blocks` WHERE `merchant_id` = NEW.`merchant_id` AND `start` > NEW.`start`);
	DELETE FROM `customer_blocks` WHERE `merchant_id` = NEW.`merchant_id` AND `start` = NEW.`start` AND `kept` = 0;
END;
