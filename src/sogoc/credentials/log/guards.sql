-- Guards of the log: leaves, positions and checkpoints only grow. Idempotent; run as the owner.

-- A leaf's hash is the hash of its bytes, whoever inserts it.
ALTER TABLE credentials_log_leaf DROP CONSTRAINT IF EXISTS log_leaf_hash_is_its_hash;
ALTER TABLE credentials_log_leaf ADD CONSTRAINT log_leaf_hash_is_its_hash
    CHECK (leaf_hash = sha256('\x00'::bytea || leaf));

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY[
        'credentials_log_leaf', 'credentials_log_position', 'credentials_log_checkpoint'
    ] LOOP
        EXECUTE format('DROP TRIGGER IF EXISTS log_insert_only ON %I', name);
        EXECUTE format(
            'CREATE TRIGGER log_insert_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %I'
            ' FOR EACH STATEMENT EXECUTE FUNCTION sogoc_refuse_change()', name);
        EXECUTE format('REVOKE ALL ON %I FROM PUBLIC, {{app_role}}', name);
        EXECUTE format('GRANT SELECT, INSERT ON %I TO {{app_role}}', name);
    END LOOP;
END
$$;
GRANT USAGE ON credentials_log_leaf_id_seq, credentials_log_checkpoint_id_seq TO {{app_role}};

-- Positions follow each other without gap, and stand in the stream of their leaf.
CREATE OR REPLACE FUNCTION sogoc_log_positions_follow() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
    SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off AS $$
BEGIN
    IF EXISTS (
        SELECT FROM new_rows n JOIN credentials_log_leaf l ON l.id = n.leaf_id
        WHERE l.stream <> n.stream
    ) THEN
        RAISE EXCEPTION 'a position must stand in the stream of its leaf'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF EXISTS (
        SELECT FROM (
            SELECT stream, min(index) AS low, max(index) AS high, count(*) AS n
            FROM new_rows GROUP BY stream
        ) s
        -- a scalar query: under OR, NOT EXISTS becomes a hash over all positions
        WHERE s.high - s.low + 1 <> s.n
           OR s.low > 0 AND (
               SELECT p.index FROM credentials_log_position p
               WHERE p.stream = s.stream AND p.index = s.low - 1
           ) IS NULL
    ) THEN
        RAISE EXCEPTION 'positions of a stream follow each other without gap'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END
$$;
DROP TRIGGER IF EXISTS log_positions_follow ON credentials_log_position;
CREATE TRIGGER log_positions_follow AFTER INSERT ON credentials_log_position
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION sogoc_log_positions_follow();

-- An audit event brings its own leaf; its stream is the year it happened in, in Viet Nam.
CREATE OR REPLACE FUNCTION sogoc_log_audit_event() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO credentials_log_leaf (stream, source, leaf, leaf_hash)
    VALUES (
        to_char(NEW.at AT TIME ZONE 'Asia/Ho_Chi_Minh', 'YYYY'), 'people_auditevent',
        NEW.leaf, NEW.leaf_hash
    );
    RETURN NULL;
END
$$;
REVOKE EXECUTE ON FUNCTION sogoc_log_audit_event(), sogoc_log_positions_follow() FROM PUBLIC;
DROP TRIGGER IF EXISTS audit_event_is_logged ON people_auditevent;
CREATE TRIGGER audit_event_is_logged AFTER INSERT ON people_auditevent
    FOR EACH ROW EXECUTE FUNCTION sogoc_log_audit_event();
