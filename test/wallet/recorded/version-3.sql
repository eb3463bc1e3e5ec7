-- A wallet as a build of version 3 wrote it, tables and all.
CREATE TABLE schema (version INTEGER PRIMARY KEY) STRICT;
CREATE TABLE owner (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  merchant TEXT NOT NULL,
  customer TEXT NOT NULL
) STRICT;
CREATE TABLE entries (
  seq INTEGER PRIMARY KEY CHECK (seq > 0),
  id TEXT NOT NULL,
  kind TEXT NOT NULL,
  unit TEXT NOT NULL CHECK (unit IN ('point', 'stamp', 'prepaid')),
  amount INTEGER NOT NULL,
  balance INTEGER NOT NULL,
  lots TEXT NOT NULL,
  occurred_at INTEGER NOT NULL,
  recorded_at INTEGER NOT NULL,
  corrects INTEGER REFERENCES entries (seq),
  operation TEXT,
  reference TEXT,
  fingerprint TEXT,
  guard_key TEXT,
  guard_fingerprint TEXT,
  guard_indexed INTEGER NOT NULL CHECK (guard_indexed IN (0, 1)),
  source TEXT NOT NULL,
  remarks TEXT NOT NULL,
  after TEXT NOT NULL,
  receipt TEXT
, texts_seq INTEGER CHECK (texts_seq > 0), texts_digest TEXT) STRICT;
CREATE TABLE lots (
  unit TEXT NOT NULL CHECK (unit IN ('point', 'stamp', 'prepaid')),
  expires_at INTEGER NOT NULL,
  amount INTEGER NOT NULL CHECK (amount <> 0 AND (amount > 0 OR expires_at = 0)),
  PRIMARY KEY (unit, expires_at)
) STRICT, WITHOUT ROWID;
CREATE TABLE refusals (
  guard_key TEXT PRIMARY KEY,
  guard_fingerprint TEXT NOT NULL,
  recorded_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  error TEXT
) STRICT, WITHOUT ROWID;
CREATE TABLE texts (
  seq INTEGER PRIMARY KEY CHECK (seq > 0),
  salt TEXT NOT NULL,
  texts TEXT NOT NULL
) STRICT;
INSERT INTO schema (version)
VALUES (1);
INSERT INTO schema (version)
VALUES (2);
INSERT INTO schema (version)
VALUES (3);
INSERT INTO owner (id, merchant, customer)
VALUES (1, 'mer_01K3Q8Z0V4N6W2R8T0MERCHANT', 'cus_01K3Q8Z0V4N6W2R8T0CVSTMER0');
INSERT INTO entries (seq, id, kind, unit, amount, balance, lots, occurred_at, recorded_at, corrects, operation, reference, fingerprint, guard_key, guard_fingerprint, guard_indexed, source, remarks, after, receipt, texts_seq, texts_digest)
VALUES (1, 'ent_02JN2SAR003HG1FBDR14HGVEF4', 'open', 'point', 15050, 15050, '[[2843596800000,15050]]', 2840140800000, 2840140800000, NULL, 'open', 'opening/point', 'opening', NULL, NULL, 0, '{"dialect":"native","key":"key_1","site":"sit_1","staff":null}', '{}', '{"seq":1,"holdings":{"point":{"balance":15050,"earned":20000,"redeemed":0}},"tier":null,"lastEarnedAt":null,"lastRedeemedAt":null,"recordedAt":2840140800000}', '{"seq":1,"entry":"ent_02JN2SAR003HG1FBDR14HGVEF4","unit":"point","amount":15050,"balance":15050,"standing":{"tier":"Silver","next":"Gold","missing":30000},"recordedAt":2840140800000,"tierBefore":"Bronze"}', NULL, NULL);
INSERT INTO entries (seq, id, kind, unit, amount, balance, lots, occurred_at, recorded_at, corrects, operation, reference, fingerprint, guard_key, guard_fingerprint, guard_indexed, source, remarks, after, receipt, texts_seq, texts_digest)
VALUES (2, 'ent_02JN2SAR003HG1FBDR14HGVEF5', 'tier', 'point', 0, 15050, '[]', 2840140800000, 2840140800000, NULL, NULL, NULL, NULL, NULL, NULL, 0, '{"dialect":"native","key":"key_1","site":"sit_1","staff":null}', '{}', '{"seq":2,"holdings":{"point":{"balance":15050,"earned":20000,"redeemed":0}},"tier":"Silver","lastEarnedAt":null,"lastRedeemedAt":null,"recordedAt":2840140800000}', NULL, NULL, NULL);
INSERT INTO entries (seq, id, kind, unit, amount, balance, lots, occurred_at, recorded_at, corrects, operation, reference, fingerprint, guard_key, guard_fingerprint, guard_indexed, source, remarks, after, receipt, texts_seq, texts_digest)
VALUES (3, 'ent_02JN2SAR00J96QSB0DA0PC6SV9', 'earn', 'point', 2500, 17550, '[[2840227200000,2500]]', 2840140800000, 2840140800000, NULL, 'earn', 'E-1', '25', 'signature/s1', 'POST /points/earn', 0, '{"dialect":"native","key":"key_1","site":"sit_1","staff":null}', '{}', '{"seq":3,"holdings":{"point":{"balance":17550,"earned":22500,"redeemed":0}},"tier":"Silver","lastEarnedAt":2840140800000,"lastRedeemedAt":null,"recordedAt":2840140800000}', '{"seq":3,"entry":"ent_02JN2SAR00J96QSB0DA0PC6SV9","unit":"point","amount":2500,"balance":17550,"standing":{"tier":"Silver","next":"Gold","missing":27500},"recordedAt":2840140800000}', 3, 'bd2d333afae5c65a90d9eee5d1903bee1ec498d47531c8d183db65329e09428f');
INSERT INTO entries (seq, id, kind, unit, amount, balance, lots, occurred_at, recorded_at, corrects, operation, reference, fingerprint, guard_key, guard_fingerprint, guard_indexed, source, remarks, after, receipt, texts_seq, texts_digest)
VALUES (4, 'ent_02JN2SAR00VVCJ2WKHX0DS69P4', 'bill', 'point', 0, 17550, '[]', 2840140800000, 2840140800000, NULL, NULL, NULL, NULL, NULL, NULL, 0, '{"dialect":"native","key":"key_1","site":"sit_1","staff":null}', '{"bill":{"number":"B-1","total":{"amount":123456,"currency":"EUR"},"lines":[{"category":"food","sku":"A","name":"Apple","quantity":20000,"amount":100000}]}}', '{"seq":4,"holdings":{"point":{"balance":17550,"earned":22500,"redeemed":0}},"tier":"Silver","lastEarnedAt":2840140800000,"lastRedeemedAt":null,"recordedAt":2840140800000}', '{"seq":4,"entry":"ent_02JN2SAR00VVCJ2WKHX0DS69P4","unit":"point","amount":0,"balance":202650,"standing":{"tier":"Gold","next":null,"missing":0},"recordedAt":2840140800000,"tierBefore":"Silver","bill":{"earned":185100,"upgraded":true,"stamps":3,"vouchers":[{"id":"vou_01K3Q8Z0V4N6W2R8T000000000","series":"vse_01K3Q8Z0V4N6W2R8T000000000","kind":"amount","code":"vQbduaCKGx00","validFrom":"2026-01-01","validUntil":null},{"id":"vou_01K3Q8Z0V4N6W2R8T000000001","series":"vse_01K3Q8Z0V4N6W2R8T000000000","kind":"amount","code":"vQbduaCKGx01","validFrom":"2026-01-01","validUntil":null}]}}', NULL, NULL);
INSERT INTO entries (seq, id, kind, unit, amount, balance, lots, occurred_at, recorded_at, corrects, operation, reference, fingerprint, guard_key, guard_fingerprint, guard_indexed, source, remarks, after, receipt, texts_seq, texts_digest)
VALUES (5, 'ent_02JN2SAR00VVCJ2WKHX0DS69P5', 'earn', 'point', 185100, 202650, '[[2845324800000,185100]]', 2840140800000, 2840140800000, NULL, NULL, NULL, NULL, NULL, NULL, 0, '{"dialect":"native","key":"key_1","site":"sit_1","staff":null}', '{"billId":"bil_02JN2SAR00VVCJ2WKHX0DS69P4"}', '{"seq":5,"holdings":{"point":{"balance":202650,"earned":207600,"redeemed":0}},"tier":"Silver","lastEarnedAt":2840140800000,"lastRedeemedAt":null,"recordedAt":2840140800000}', NULL, NULL, NULL);
INSERT INTO entries (seq, id, kind, unit, amount, balance, lots, occurred_at, recorded_at, corrects, operation, reference, fingerprint, guard_key, guard_fingerprint, guard_indexed, source, remarks, after, receipt, texts_seq, texts_digest)
VALUES (6, 'ent_02JN2SAR00VVCJ2WKHX0DS69P6', 'tier', 'point', 0, 202650, '[]', 2840140800000, 2840140800000, NULL, NULL, NULL, NULL, NULL, NULL, 0, '{"dialect":"native","key":"key_1","site":"sit_1","staff":null}', '{}', '{"seq":6,"holdings":{"point":{"balance":202650,"earned":207600,"redeemed":0}},"tier":"Gold","lastEarnedAt":2840140800000,"lastRedeemedAt":null,"recordedAt":2840140800000}', NULL, NULL, NULL);
INSERT INTO entries (seq, id, kind, unit, amount, balance, lots, occurred_at, recorded_at, corrects, operation, reference, fingerprint, guard_key, guard_fingerprint, guard_indexed, source, remarks, after, receipt, texts_seq, texts_digest)
VALUES (7, 'ent_02JN2SAR00VVCJ2WKHX0DS69P7', 'earn', 'stamp', 3, 3, '[[2842732800000,3]]', 2840140800000, 2840140800000, NULL, NULL, NULL, NULL, NULL, NULL, 0, '{"dialect":"native","key":"key_1","site":"sit_1","staff":null}', '{"billId":"bil_02JN2SAR00VVCJ2WKHX0DS69P4"}', '{"seq":7,"holdings":{"point":{"balance":202650,"earned":207600,"redeemed":0},"stamp":{"balance":3,"earned":3,"redeemed":0}},"tier":"Gold","lastEarnedAt":2840140800000,"lastRedeemedAt":null,"recordedAt":2840140800000}', NULL, NULL, NULL);
INSERT INTO entries (seq, id, kind, unit, amount, balance, lots, occurred_at, recorded_at, corrects, operation, reference, fingerprint, guard_key, guard_fingerprint, guard_indexed, source, remarks, after, receipt, texts_seq, texts_digest)
VALUES (8, 'ent_02JN2SAR00VVCJ2WKHX0DS69P8', 'voucher', 'point', 0, 202650, '[]', 2840140800000, 2840140800000, NULL, NULL, NULL, NULL, NULL, NULL, 0, '{"dialect":"native","key":"key_1","site":"sit_1","staff":null}', '{"billId":"bil_02JN2SAR00VVCJ2WKHX0DS69P4","voucher":{"id":"vou_01K3Q8Z0V4N6W2R8T000000000","series":"vse_01K3Q8Z0V4N6W2R8T000000000","kind":"amount","code":"vQbduaCKGx00","validFrom":"2026-01-01","validUntil":null}}', '{"seq":8,"holdings":{"point":{"balance":202650,"earned":207600,"redeemed":0},"stamp":{"balance":3,"earned":3,"redeemed":0}},"tier":"Gold","lastEarnedAt":2840140800000,"lastRedeemedAt":null,"recordedAt":2840140800000}', NULL, NULL, NULL);
INSERT INTO entries (seq, id, kind, unit, amount, balance, lots, occurred_at, recorded_at, corrects, operation, reference, fingerprint, guard_key, guard_fingerprint, guard_indexed, source, remarks, after, receipt, texts_seq, texts_digest)
VALUES (9, 'ent_02JN2SAR00VVCJ2WKHX0DS69P9', 'voucher', 'point', 0, 202650, '[]', 2840140800000, 2840140800000, NULL, NULL, NULL, NULL, NULL, NULL, 0, '{"dialect":"native","key":"key_1","site":"sit_1","staff":null}', '{"billId":"bil_02JN2SAR00VVCJ2WKHX0DS69P4","voucher":{"id":"vou_01K3Q8Z0V4N6W2R8T000000001","series":"vse_01K3Q8Z0V4N6W2R8T000000000","kind":"amount","code":"vQbduaCKGx01","validFrom":"2026-01-01","validUntil":null}}', '{"seq":9,"holdings":{"point":{"balance":202650,"earned":207600,"redeemed":0},"stamp":{"balance":3,"earned":3,"redeemed":0}},"tier":"Gold","lastEarnedAt":2840140800000,"lastRedeemedAt":null,"recordedAt":2840140800000}', NULL, NULL, NULL);
INSERT INTO entries (seq, id, kind, unit, amount, balance, lots, occurred_at, recorded_at, corrects, operation, reference, fingerprint, guard_key, guard_fingerprint, guard_indexed, source, remarks, after, receipt, texts_seq, texts_digest)
VALUES (10, 'ent_02JN2SAR00CE9D4G74PHVQDXV3', 'bill', 'point', 0, 202650, '[]', 2840140800000, 2840140800000, NULL, NULL, NULL, NULL, NULL, NULL, 0, '{"dialect":"native","key":"key_1","site":"sit_1","staff":null}', '{"bill":{"number":"B-1","total":{"amount":5001,"currency":"EUR"},"lines":[]}}', '{"seq":10,"holdings":{"point":{"balance":202650,"earned":207600,"redeemed":0},"stamp":{"balance":3,"earned":3,"redeemed":0}},"tier":"Gold","lastEarnedAt":2840140800000,"lastRedeemedAt":null,"recordedAt":2840140800000}', '{"seq":10,"entry":"ent_02JN2SAR00CE9D4G74PHVQDXV3","unit":"point","amount":0,"balance":212650,"standing":{"tier":"Gold","next":null,"missing":0},"recordedAt":2840140800000,"bill":{"earned":10000,"upgraded":false}}', NULL, NULL);
INSERT INTO entries (seq, id, kind, unit, amount, balance, lots, occurred_at, recorded_at, corrects, operation, reference, fingerprint, guard_key, guard_fingerprint, guard_indexed, source, remarks, after, receipt, texts_seq, texts_digest)
VALUES (11, 'ent_02JN2SAR00CE9D4G74PHVQDXV4', 'earn', 'point', 10000, 212650, '[[2845324800000,10000]]', 2840140800000, 2840140800000, NULL, NULL, NULL, NULL, NULL, NULL, 0, '{"dialect":"native","key":"key_1","site":"sit_1","staff":null}', '{"billId":"bil_02JN2SAR00CE9D4G74PHVQDXV3"}', '{"seq":11,"holdings":{"point":{"balance":212650,"earned":217600,"redeemed":0},"stamp":{"balance":3,"earned":3,"redeemed":0}},"tier":"Gold","lastEarnedAt":2840140800000,"lastRedeemedAt":null,"recordedAt":2840140800000}', NULL, NULL, NULL);
INSERT INTO entries (seq, id, kind, unit, amount, balance, lots, occurred_at, recorded_at, corrects, operation, reference, fingerprint, guard_key, guard_fingerprint, guard_indexed, source, remarks, after, receipt, texts_seq, texts_digest)
VALUES (12, 'ent_02JN2SAR00JK7C4MYF2931QTMY', 'redeem', 'point', -1025, 211625, '[[2840227200000,-1025]]', 2840140800000, 2840140800000, NULL, 'redeem/point', 'R-1', '1025', NULL, NULL, 0, '{"dialect":"native","key":"key_1","site":"sit_1","staff":null}', '{}', '{"seq":12,"holdings":{"point":{"balance":211625,"earned":217600,"redeemed":1025},"stamp":{"balance":3,"earned":3,"redeemed":0}},"tier":"Gold","lastEarnedAt":2840140800000,"lastRedeemedAt":2840140800000,"recordedAt":2840140800000}', '{"seq":12,"entry":"ent_02JN2SAR00JK7C4MYF2931QTMY","unit":"point","amount":-1025,"balance":211625,"standing":{"tier":"Gold","next":null,"missing":0},"recordedAt":2840140800000}', NULL, NULL);
INSERT INTO entries (seq, id, kind, unit, amount, balance, lots, occurred_at, recorded_at, corrects, operation, reference, fingerprint, guard_key, guard_fingerprint, guard_indexed, source, remarks, after, receipt, texts_seq, texts_digest)
VALUES (13, 'ent_02JN2SAR00GZPMWHQCMFGW2KKN', 'adjust', 'point', 1001, 212626, '[[8640000000000000,1001]]', 2840140800000, 2840140800000, NULL, NULL, NULL, NULL, 'key/k1', 'content', 1, '{"dialect":"native","key":"key_1","site":"sit_1","staff":null}', '{}', '{"seq":13,"holdings":{"point":{"balance":212626,"earned":217600,"redeemed":1025},"stamp":{"balance":3,"earned":3,"redeemed":0}},"tier":"Gold","lastEarnedAt":2840140800000,"lastRedeemedAt":2840140800000,"recordedAt":2840140800000}', '{"seq":13,"entry":"ent_02JN2SAR00GZPMWHQCMFGW2KKN","unit":"point","amount":1001,"balance":212626,"standing":{"tier":"Gold","next":null,"missing":0},"recordedAt":2840140800000}', NULL, NULL);
INSERT INTO entries (seq, id, kind, unit, amount, balance, lots, occurred_at, recorded_at, corrects, operation, reference, fingerprint, guard_key, guard_fingerprint, guard_indexed, source, remarks, after, receipt, texts_seq, texts_digest)
VALUES (14, 'ent_02JN2SAR00GQ4H89CDFVZ1N4KE', 'earn', 'prepaid', 10000, 10000, '[[8640000000000000,10000]]', 2840140800000, 2840140800000, NULL, NULL, NULL, NULL, NULL, NULL, 0, '{"dialect":"native","key":"key_1","site":"sit_1","staff":null}', '{}', '{"seq":14,"holdings":{"point":{"balance":212626,"earned":217600,"redeemed":1025},"stamp":{"balance":3,"earned":3,"redeemed":0},"prepaid":{"balance":10000,"earned":10000,"redeemed":0}},"tier":"Gold","lastEarnedAt":2840140800000,"lastRedeemedAt":2840140800000,"recordedAt":2840140800000}', '{"seq":14,"entry":"ent_02JN2SAR00GQ4H89CDFVZ1N4KE","unit":"prepaid","amount":10000,"balance":10000,"standing":{"tier":"Gold","next":null,"missing":0},"recordedAt":2840140800000}', NULL, NULL);
INSERT INTO entries (seq, id, kind, unit, amount, balance, lots, occurred_at, recorded_at, corrects, operation, reference, fingerprint, guard_key, guard_fingerprint, guard_indexed, source, remarks, after, receipt, texts_seq, texts_digest)
VALUES (15, 'ent_02JN2SAR00WRZAH201HCBK0END', 'redeem', 'prepaid', -2550, 7450, '[[8640000000000000,-2550]]', 2840140800000, 2840140800000, NULL, 'redeem/prepaid', 'R-2', '2550', NULL, NULL, 0, '{"dialect":"native","key":"key_1","site":"sit_1","staff":null}', '{}', '{"seq":15,"holdings":{"point":{"balance":212626,"earned":217600,"redeemed":1025},"stamp":{"balance":3,"earned":3,"redeemed":0},"prepaid":{"balance":7450,"earned":10000,"redeemed":2550}},"tier":"Gold","lastEarnedAt":2840140800000,"lastRedeemedAt":2840140800000,"recordedAt":2840140800000}', '{"seq":15,"entry":"ent_02JN2SAR00WRZAH201HCBK0END","unit":"prepaid","amount":-2550,"balance":7450,"standing":{"tier":"Gold","next":null,"missing":0},"recordedAt":2840140800000}', NULL, NULL);
INSERT INTO entries (seq, id, kind, unit, amount, balance, lots, occurred_at, recorded_at, corrects, operation, reference, fingerprint, guard_key, guard_fingerprint, guard_indexed, source, remarks, after, receipt, texts_seq, texts_digest)
VALUES (16, 'ent_02JN7Y4600ENC967VEYTBMYPVV', 'expire', 'point', -1475, 211151, '[[2840227200000,-1475]]', 2840227200000, 2840313600000, NULL, NULL, NULL, NULL, NULL, NULL, 0, '{"dialect":"system","key":null,"site":null,"staff":null}', '{}', '{"seq":16,"holdings":{"point":{"balance":211151,"earned":217600,"redeemed":1025},"stamp":{"balance":3,"earned":3,"redeemed":0},"prepaid":{"balance":7450,"earned":10000,"redeemed":2550}},"tier":"Gold","lastEarnedAt":2840140800000,"lastRedeemedAt":2840140800000,"recordedAt":2840313600000}', NULL, NULL, NULL);
INSERT INTO entries (seq, id, kind, unit, amount, balance, lots, occurred_at, recorded_at, corrects, operation, reference, fingerprint, guard_key, guard_fingerprint, guard_indexed, source, remarks, after, receipt, texts_seq, texts_digest)
VALUES (17, 'ent_02JN7Y46005YCZYA6XNPTR99P4', 'void', 'point', 0, 211151, '[]', 2840313600000, 2840313600000, 10, NULL, NULL, NULL, NULL, NULL, 0, '{"dialect":"native","key":"key_1","site":"sit_1","staff":null}', '{"billId":"bil_02JN2SAR00CE9D4G74PHVQDXV3"}', '{"seq":17,"holdings":{"point":{"balance":211151,"earned":217600,"redeemed":1025},"stamp":{"balance":3,"earned":3,"redeemed":0},"prepaid":{"balance":7450,"earned":10000,"redeemed":2550}},"tier":"Gold","lastEarnedAt":2840140800000,"lastRedeemedAt":2840140800000,"recordedAt":2840313600000}', '{"seq":17,"entry":"ent_02JN7Y46005YCZYA6XNPTR99P4","unit":"point","amount":0,"balance":201151,"standing":{"tier":"Gold","next":null,"missing":0},"recordedAt":2840313600000,"corrects":10}', NULL, NULL);
INSERT INTO entries (seq, id, kind, unit, amount, balance, lots, occurred_at, recorded_at, corrects, operation, reference, fingerprint, guard_key, guard_fingerprint, guard_indexed, source, remarks, after, receipt, texts_seq, texts_digest)
VALUES (18, 'ent_02JN7Y46005YCZYA6XNPTR99P5', 'reverse', 'point', -10000, 201151, '[[2845324800000,-10000]]', 2840313600000, 2840313600000, 11, NULL, NULL, NULL, NULL, NULL, 0, '{"dialect":"native","key":"key_1","site":"sit_1","staff":null}', '{"billId":"bil_02JN2SAR00CE9D4G74PHVQDXV3"}', '{"seq":18,"holdings":{"point":{"balance":201151,"earned":207600,"redeemed":1025},"stamp":{"balance":3,"earned":3,"redeemed":0},"prepaid":{"balance":7450,"earned":10000,"redeemed":2550}},"tier":"Gold","lastEarnedAt":2840140800000,"lastRedeemedAt":2840140800000,"recordedAt":2840313600000}', NULL, NULL, NULL);
INSERT INTO entries (seq, id, kind, unit, amount, balance, lots, occurred_at, recorded_at, corrects, operation, reference, fingerprint, guard_key, guard_fingerprint, guard_indexed, source, remarks, after, receipt, texts_seq, texts_digest)
VALUES (19, 'ent_02JN7Y4600HAMRK91GH24RNHM3', 'reverse', 'point', -1001, 200150, '[[8640000000000000,-1001]]', 2840313600000, 2840313600000, 13, NULL, NULL, NULL, NULL, NULL, 0, '{"dialect":"native","key":"key_1","site":"sit_1","staff":null}', '{}', '{"seq":19,"holdings":{"point":{"balance":200150,"earned":207600,"redeemed":1025},"stamp":{"balance":3,"earned":3,"redeemed":0},"prepaid":{"balance":7450,"earned":10000,"redeemed":2550}},"tier":"Gold","lastEarnedAt":2840140800000,"lastRedeemedAt":2840140800000,"recordedAt":2840313600000}', '{"seq":19,"entry":"ent_02JN7Y4600HAMRK91GH24RNHM3","unit":"point","amount":-1001,"balance":200150,"standing":{"tier":"Gold","next":null,"missing":0},"recordedAt":2840313600000,"corrects":13}', NULL, NULL);
INSERT INTO entries (seq, id, kind, unit, amount, balance, lots, occurred_at, recorded_at, corrects, operation, reference, fingerprint, guard_key, guard_fingerprint, guard_indexed, source, remarks, after, receipt, texts_seq, texts_digest)
VALUES (20, 'ent_02JN7Y4600DTVXFKHS6VN8XCMW', 'bill', 'point', 0, 200150, '[]', 2840313600000, 2840313600000, NULL, NULL, NULL, NULL, NULL, NULL, 0, '{"dialect":"native","key":"key_1","site":"sit_1","staff":null}', '{"bill":{"number":"B-1","total":{"amount":-200000,"currency":"EUR"},"lines":[]}}', '{"seq":20,"holdings":{"point":{"balance":200150,"earned":207600,"redeemed":1025},"stamp":{"balance":3,"earned":3,"redeemed":0},"prepaid":{"balance":7450,"earned":10000,"redeemed":2550}},"tier":"Gold","lastEarnedAt":2840140800000,"lastRedeemedAt":2840140800000,"recordedAt":2840313600000}', '{"seq":20,"entry":"ent_02JN7Y4600DTVXFKHS6VN8XCMW","unit":"point","amount":0,"balance":-199850,"standing":{"tier":"Bronze","next":"Silver","missing":202400},"recordedAt":2840313600000,"tierBefore":"Gold","bill":{"earned":-400000,"upgraded":false}}', NULL, NULL);
INSERT INTO entries (seq, id, kind, unit, amount, balance, lots, occurred_at, recorded_at, corrects, operation, reference, fingerprint, guard_key, guard_fingerprint, guard_indexed, source, remarks, after, receipt, texts_seq, texts_digest)
VALUES (21, 'ent_02JN7Y4600DTVXFKHS6VN8XCMX', 'reverse', 'point', -400000, -199850, '[[2843596800000,-15050],[2845324800000,-185100],[0,-199850]]', 2840313600000, 2840313600000, NULL, NULL, NULL, NULL, NULL, NULL, 0, '{"dialect":"native","key":"key_1","site":"sit_1","staff":null}', '{"billId":"bil_02JN7Y4600DTVXFKHS6VN8XCMW"}', '{"seq":21,"holdings":{"point":{"balance":-199850,"earned":-192400,"redeemed":1025},"stamp":{"balance":3,"earned":3,"redeemed":0},"prepaid":{"balance":7450,"earned":10000,"redeemed":2550}},"tier":"Gold","lastEarnedAt":2840140800000,"lastRedeemedAt":2840140800000,"recordedAt":2840313600000}', NULL, NULL, NULL);
INSERT INTO entries (seq, id, kind, unit, amount, balance, lots, occurred_at, recorded_at, corrects, operation, reference, fingerprint, guard_key, guard_fingerprint, guard_indexed, source, remarks, after, receipt, texts_seq, texts_digest)
VALUES (22, 'ent_02JN7Y4600DTVXFKHS6VN8XCMY', 'tier', 'point', 0, -199850, '[]', 2840313600000, 2840313600000, NULL, NULL, NULL, NULL, NULL, NULL, 0, '{"dialect":"native","key":"key_1","site":"sit_1","staff":null}', '{}', '{"seq":22,"holdings":{"point":{"balance":-199850,"earned":-192400,"redeemed":1025},"stamp":{"balance":3,"earned":3,"redeemed":0},"prepaid":{"balance":7450,"earned":10000,"redeemed":2550}},"tier":"Bronze","lastEarnedAt":2840140800000,"lastRedeemedAt":2840140800000,"recordedAt":2840313600000}', NULL, NULL, NULL);
INSERT INTO lots (unit, expires_at, amount)
VALUES ('point', 0, -199850);
INSERT INTO lots (unit, expires_at, amount)
VALUES ('prepaid', 8640000000000000, 7450);
INSERT INTO lots (unit, expires_at, amount)
VALUES ('stamp', 2842732800000, 3);
INSERT INTO refusals (guard_key, guard_fingerprint, recorded_at, expires_at, error)
VALUES ('key/k2', 'much', 2840140800000, 2840227200000, '{"code":"insufficient_balance","unit":"point","requested":99999999,"available":212626}');
INSERT INTO texts (seq, salt, texts)
VALUES (3, 'bcc5adc7787a59d5e51626448a1603bb', '{"description":"Ada''s birthday","extra":{"note":"x"}}');
CREATE INDEX entries_reference ON entries (reference) WHERE reference IS NOT NULL;
CREATE INDEX entries_guard ON entries (guard_key) WHERE guard_indexed = 1;
CREATE UNIQUE INDEX entries_corrects ON entries (corrects) WHERE corrects IS NOT NULL;
CREATE TRIGGER entries_no_delete BEFORE DELETE ON entries
BEGIN
  SELECT RAISE(ABORT, 'entries are immutable');
END;
CREATE INDEX refusals_expiry ON refusals (expires_at);
CREATE INDEX entries_expired ON entries (unit, occurred_at, amount) WHERE kind = 'expire';
CREATE TRIGGER entries_no_update BEFORE UPDATE ON entries
BEGIN
  SELECT RAISE(ABORT, 'entries are immutable');
END;
