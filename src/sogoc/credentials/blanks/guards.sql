-- Guards of the blank ledger. Idempotent; run as the owner role, {{app_role}} is the application's.
-- Lots and movements are insert-only for everybody; each movement must continue the life of a blank
-- that its owner holds. Trigger functions see every row (SECURITY DEFINER), so row-level security of
-- the caller hides nothing from them.

DROP TRIGGER IF EXISTS blank_lot_insert_only ON credentials_blank_lot;
CREATE TRIGGER blank_lot_insert_only BEFORE UPDATE OR DELETE OR TRUNCATE ON credentials_blank_lot
  FOR EACH STATEMENT EXECUTE FUNCTION sogoc_refuse_change();
DROP TRIGGER IF EXISTS blank_movement_insert_only ON credentials_blank_movement;
CREATE TRIGGER blank_movement_insert_only
  BEFORE UPDATE OR DELETE OR TRUNCATE ON credentials_blank_movement
  FOR EACH STATEMENT EXECUTE FUNCTION sogoc_refuse_change();

-- Every lot and every movement has its leaf in the log.
CREATE OR REPLACE FUNCTION sogoc_blank_lot_check() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM new_rows n
             WHERE NOT EXISTS (SELECT 1 FROM credentials_log_leaf f WHERE f.leaf_hash = n.leaf_hash))
  THEN RAISE EXCEPTION 'sogoc: a blank lot has no leaf in the log' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
DROP TRIGGER IF EXISTS blank_lot_check ON credentials_blank_lot;
CREATE TRIGGER blank_lot_check AFTER INSERT ON credentials_blank_lot
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION sogoc_blank_lot_check();

-- Plans of a trigger are kept for the session: index look-ups are right for 3 rows and for 100,000,
-- a hash over the whole ledger is not.
CREATE OR REPLACE FUNCTION sogoc_blank_movement_check() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off
SET enable_nestloop = on AS $$
DECLARE
  bad record;
BEGIN
  -- first steps: the blank is in a lot of the same owner; numbers in a row are looked at as one run
  IF EXISTS (
    SELECT FROM (
      SELECT owner_id, kind, prefix, int8range(min(number), max(number), '[]') AS run
        FROM (SELECT owner_id, kind, prefix, number,
                     number - row_number() OVER (PARTITION BY owner_id, kind, prefix
                                                 ORDER BY number) AS island
                FROM new_rows WHERE step = 1) numbered
       GROUP BY owner_id, kind, prefix, island) moved
    WHERE NOT COALESCE(moved.run <@ (
      SELECT range_agg(int8range(l.first, l.last, '[]')) FROM credentials_blank_lot l
       WHERE l.owner_id = moved.owner_id AND l.kind = moved.kind AND l.prefix = moved.prefix
         AND int8range(l.first, l.last, '[]') && moved.run), false))
  THEN
    RAISE EXCEPTION 'sogoc: a blank moves that no lot of its owner holds'
      USING ERRCODE = 'check_violation';
  END IF;
  SELECT n.kind, n.prefix, n.number, p.state AS was, n.state AS becomes INTO bad
    FROM new_rows n LEFT JOIN credentials_blank_movement p
      ON p.kind = n.kind AND p.prefix = n.prefix AND p.number = n.number AND p.step = n.step - 1
   WHERE n.step < 1
      OR (n.step > 1 AND (p.step IS NULL OR p.owner_id <> n.owner_id))
      OR NOT (CASE COALESCE(p.state, 'stock')
           WHEN 'stock'    THEN n.state IN ('bound', 'spoiled', 'destroyed', 'lost')
           WHEN 'returned' THEN n.state IN ('bound', 'spoiled', 'destroyed', 'lost')
           WHEN 'bound'    THEN n.state IN ('issued', 'spoiled', 'returned', 'destroyed', 'lost')
           WHEN 'spoiled'  THEN n.state IN ('destroyed', 'lost')
           ELSE false END)
   LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'sogoc: blank % % of kind % cannot go from % to %',
      bad.prefix, bad.number, bad.kind, COALESCE(bad.was, 'stock'), bad.becomes
      USING ERRCODE = 'check_violation';
  END IF;
  -- (that the leaf of an issued one is in the log, the guard of its register line saw to)
  IF EXISTS (SELECT 1 FROM new_rows n
             WHERE n.state <> 'issued'
               AND NOT EXISTS (SELECT 1 FROM credentials_log_leaf f WHERE f.leaf_hash = n.leaf_hash))
  THEN
    RAISE EXCEPTION 'sogoc: a blank movement has no leaf in the log'
      USING ERRCODE = 'check_violation';
  END IF;
  -- of a batch of the owner; issued only in the transaction that issues that batch, with the leaf
  -- of its register line
  IF EXISTS (
    SELECT FROM (SELECT DISTINCT batch_id, owner_id, kind, state = 'issued' AS is_issue
                   FROM new_rows WHERE batch_id IS NOT NULL OR state = 'issued') n
    LEFT JOIN credentials_batch b ON b.id = n.batch_id AND b.issuer_id = n.owner_id
                                 AND b.kind = n.kind
    WHERE b.id IS NULL OR (n.is_issue AND b.issue_xid IS DISTINCT FROM txid_current()))
  THEN
    RAISE EXCEPTION 'sogoc: a blank is bound and issued only with a batch of its owner' USING ERRCODE = 'check_violation';
  END IF;
  IF EXISTS (SELECT 1 FROM new_rows n
             WHERE n.state = 'issued'
               -- its own serial stands there: one line has one original on paper
               AND NOT EXISTS (SELECT 1 FROM credentials_register_line r
                               WHERE r.leaf_hash = n.leaf_hash AND r.kind = n.kind
                                 AND starts_with(upper(replace(r.serial, ' ', '')), upper(n.prefix))
                                 AND ltrim(substr(replace(r.serial, ' ', ''), length(n.prefix) + 1),
                                           '0') = n.number::text))
  THEN
    RAISE EXCEPTION 'sogoc: an issued blank has no register line' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
DROP TRIGGER IF EXISTS blank_movement_check ON credentials_blank_movement;
CREATE TRIGGER blank_movement_check AFTER INSERT ON credentials_blank_movement
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION sogoc_blank_movement_check();

REVOKE EXECUTE ON FUNCTION sogoc_blank_lot_check(), sogoc_blank_movement_check() FROM PUBLIC;

ALTER TABLE credentials_blank_lot ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS blank_lot_by_owner ON credentials_blank_lot;
CREATE POLICY blank_lot_by_owner ON credentials_blank_lot
  USING ((SELECT sogoc_sees_all()) OR owner_id = ANY ((SELECT sogoc_orgs())::bigint[]));
ALTER TABLE credentials_blank_movement ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS blank_movement_by_owner ON credentials_blank_movement;
CREATE POLICY blank_movement_by_owner ON credentials_blank_movement
  USING ((SELECT sogoc_sees_all()) OR owner_id = ANY ((SELECT sogoc_orgs())::bigint[]));
ALTER TABLE credentials_blank_reservation ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS blank_reservation_by_owner ON credentials_blank_reservation;
CREATE POLICY blank_reservation_by_owner ON credentials_blank_reservation
  USING ((SELECT sogoc_sees_all()) OR owner_id = ANY ((SELECT sogoc_orgs())::bigint[]));

REVOKE ALL ON credentials_blank_lot, credentials_blank_movement, credentials_blank_reservation
  FROM PUBLIC, {{app_role}};
GRANT SELECT, INSERT ON credentials_blank_lot, credentials_blank_movement TO {{app_role}};
GRANT SELECT, INSERT, DELETE ON credentials_blank_reservation TO {{app_role}};
