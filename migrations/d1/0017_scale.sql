-- Points count in thousandths instead of hundredths.
UPDATE `wallets` SET `points` = `points` * 10, `holdings` = json_replace(`holdings`,
	'$.point.balance', (`holdings` ->> '$.point.balance') * 10,
	'$.point.earned', (`holdings` ->> '$.point.earned') * 10,
	'$.point.redeemed', (`holdings` ->> '$.point.redeemed') * 10)
	WHERE `holdings` ->> '$.point.balance' IS NOT NULL;--> statement-breakpoint
UPDATE `invoices` SET `points_earned` = `points_earned` * 10 WHERE `points_earned` <> 0;--> statement-breakpoint
-- What a wallet will store as it stands.
UPDATE `openings` SET `bookings` = (
	SELECT json_group_array(json(json_replace(b.value,
		'$.decision.entries', json((SELECT json_group_array(json(json_replace(e.value,
				'$.amount', (e.value ->> '$.amount') * steps,
				'$.lots', json((SELECT json_group_array(json(json_replace(lot.value, '$.amount', (lot.value ->> '$.amount') * steps)))
					FROM json_each(e.value, '$.lots') AS lot)),
				'$.after.holdings.point.balance', (e.value ->> '$.after.holdings.point.balance') * 10,
				'$.after.holdings.point.earned', (e.value ->> '$.after.holdings.point.earned') * 10,
				'$.after.holdings.point.redeemed', (e.value ->> '$.after.holdings.point.redeemed') * 10,
				'$.receipt.amount', (e.value ->> '$.receipt.amount') * steps,
				'$.receipt.balance', (e.value ->> '$.receipt.balance') * steps,
				'$.receipt.standing.missing', (e.value ->> '$.receipt.standing.missing') * 10)))
			FROM (SELECT value, IIF(value ->> '$.unit' = 'point', 10, 1) AS steps FROM json_each(b.value, '$.decision.entries')) AS e)),
		'$.decision.head.holdings.point.balance', (b.value ->> '$.decision.head.holdings.point.balance') * 10,
		'$.decision.head.holdings.point.earned', (b.value ->> '$.decision.head.holdings.point.earned') * 10,
		'$.decision.head.holdings.point.redeemed', (b.value ->> '$.decision.head.holdings.point.redeemed') * 10,
		'$.decision.receipt.amount', (b.value ->> '$.decision.receipt.amount') * IIF(b.value ->> '$.decision.receipt.unit' = 'point', 10, 1),
		'$.decision.receipt.balance', (b.value ->> '$.decision.receipt.balance') * IIF(b.value ->> '$.decision.receipt.unit' = 'point', 10, 1),
		'$.decision.receipt.standing.missing', (b.value ->> '$.decision.receipt.standing.missing') * 10)))
	FROM json_each(`openings`.`bookings`) AS b);
