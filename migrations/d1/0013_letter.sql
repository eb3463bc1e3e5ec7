DROP INDEX `vouchers_redeem_reference`;--> statement-breakpoint
ALTER TABLE `merchants` ADD `bill_numbers` text DEFAULT 'site' NOT NULL;--> statement-breakpoint
ALTER TABLE `voucher_series` ADD `code_prefix` text;