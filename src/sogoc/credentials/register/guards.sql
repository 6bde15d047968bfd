-- Guards of the register. Idempotent; run as the owner of the tables.
--
-- All are statement-level: a batch of 100,000 lines is checked by a few joins, not line by line.

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY[
        'credentials_register_line', 'credentials_register_personal', 'credentials_register_book'
    ] LOOP
        EXECUTE format('REVOKE ALL ON %I FROM PUBLIC, {{app_role}}', name);
        EXECUTE format('GRANT SELECT, INSERT ON %I TO {{app_role}}', name);
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('DROP POLICY IF EXISTS issuer_is_visible ON %I', name);
        EXECUTE format(
            'CREATE POLICY issuer_is_visible ON %I'
            ' USING ((SELECT sogoc_sees_all()) OR issuer_id = ANY ((SELECT sogoc_orgs())::bigint[]))',
            name);
        EXECUTE format('DROP TRIGGER IF EXISTS register_insert_only ON %I', name);
    END LOOP;
END
$$;
GRANT USAGE ON credentials_register_line_id_seq, credentials_register_book_id_seq TO {{app_role}};

CREATE TRIGGER register_insert_only BEFORE UPDATE OR DELETE OR TRUNCATE ON credentials_register_line
    FOR EACH STATEMENT EXECUTE FUNCTION sogoc_refuse_change();
CREATE TRIGGER register_insert_only BEFORE UPDATE OR DELETE OR TRUNCATE ON credentials_register_book
    FOR EACH STATEMENT EXECUTE FUNCTION sogoc_refuse_change();

-- --- personal columns: erased one by one, and only after the act of erasure is logged ------------

CREATE OR REPLACE FUNCTION sogoc_personal_only_grows() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND coalesce(current_setting('sogoc.erasing', true), '') <> '' THEN
        RETURN NULL;  -- sogoc_erase_personal checked the logged act; the rows are checked below
    END IF;
    RAISE EXCEPTION '% is insert-only: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER register_insert_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON credentials_register_personal
    FOR EACH STATEMENT EXECUTE FUNCTION sogoc_personal_only_grows();

CREATE OR REPLACE FUNCTION sogoc_personal_erases_one() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.line_id::text = coalesce(current_setting('sogoc.erasing', true), '') THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'personal data of line % are not being erased', OLD.line_id
        USING ERRCODE = 'restrict_violation';
END
$$;
DROP TRIGGER IF EXISTS register_erases_one ON credentials_register_personal;
CREATE TRIGGER register_erases_one BEFORE DELETE ON credentials_register_personal
    FOR EACH ROW EXECUTE FUNCTION sogoc_personal_erases_one();

-- sogoc_erase_personal, which does it, reaches into other applets: lifecycle/erasure_guards.sql.

-- --- lines --------------------------------------------------------------------------------------

-- Plans of a trigger are kept for the session: index look-ups stay right for 3 lines and for 100,000,
-- whatever the first batch of the session was; a hash over the whole register would not.
CREATE OR REPLACE FUNCTION sogoc_register_lines_hold() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
    SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off AS $$
DECLARE
    kinds record;
BEGIN
    -- A live serial never equals a legacy one, also when both are being written at this moment.
    FOR kinds IN
        SELECT kind, bool_or(act = 'issue') AS live, bool_or(act = 'legacy') AS legacy
        FROM new_rows WHERE act <> 'revoke' AND serial <> '' GROUP BY kind ORDER BY kind
    LOOP
        IF kinds.legacy THEN
            PERFORM pg_advisory_xact_lock(hashtext('sogoc serials ' || kinds.kind));
        ELSE
            PERFORM pg_advisory_xact_lock_shared(hashtext('sogoc serials ' || kinds.kind));
        END IF;
    END LOOP;
    -- each row asks by itself (LIMIT): a join may start from the register instead
    IF EXISTS (
        SELECT FROM new_rows n CROSS JOIN LATERAL (
            SELECT FROM credentials_register_line o
            WHERE upper(replace(o.serial, ' ', '')) = upper(replace(n.serial, ' ', ''))
              AND o.kind = n.kind AND o.act = 'legacy' LIMIT 1
        ) same
        WHERE n.serial <> '' AND n.act = 'issue'
    ) OR EXISTS (
        SELECT FROM new_rows n CROSS JOIN LATERAL (
            SELECT FROM credentials_register_line o
            WHERE upper(replace(o.serial, ' ', '')) = upper(replace(n.serial, ' ', ''))
              AND o.kind = n.kind AND o.is_live AND o.act = 'issue' LIMIT 1
        ) same
        WHERE n.serial <> '' AND n.act = 'legacy'
    ) THEN
        RAISE EXCEPTION 'a live serial equals a serial of a legacy register'
            USING ERRCODE = 'unique_violation', CONSTRAINT = 'register_line_serial_not_legacy';
    END IF;
    IF EXISTS (
        SELECT FROM new_rows n LEFT JOIN credentials_log_leaf l
            ON l.leaf_hash = n.leaf_hash AND l.source = 'register_line'
        WHERE l.id IS NULL
    ) THEN
        RAISE EXCEPTION 'a register line must have its leaf in the log'
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'register_line_has_leaf';
    END IF;
    IF EXISTS (
        SELECT FROM (SELECT DISTINCT book_id, issuer_id, kind, is_live FROM new_rows) n
        LEFT JOIN credentials_register_book b
            ON b.id = n.book_id AND b.issuer_id = n.issuer_id AND b.kind = n.kind
           AND b.is_live = n.is_live
        WHERE b.id IS NULL
    ) THEN
        RAISE EXCEPTION 'a register line must be of the issuer and kind of its book'
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'register_line_of_its_book';
    END IF;
    IF EXISTS (
        SELECT FROM new_rows n LEFT JOIN credentials_register_line o
            ON o.id = n.ref_id AND o.act <> 'revoke' AND o.kind = n.kind
           AND o.issuer_id = n.issuer_id AND o.book_id = n.book_id
        WHERE n.act = 'revoke' AND o.id IS NULL
    ) THEN
        RAISE EXCEPTION 'a revocation must refer to an original of the same issuer, kind and book'
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'register_line_revokes_original';
    END IF;
    PERFORM 1 FROM new_rows WHERE act = 'issue' LIMIT 1;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    IF EXISTS (
        SELECT FROM (
            SELECT DISTINCT batch_id, issuer_id, kind FROM new_rows WHERE act = 'issue'
        ) n
        LEFT JOIN credentials_batch b
            ON b.id = n.batch_id AND b.issuer_id = n.issuer_id AND b.kind = n.kind
           AND b.state = 'issued' AND b.issue_xid = txid_current()
        WHERE b.id IS NULL
    ) THEN
        RAISE EXCEPTION 'live lines are written only in the transaction that issues their batch'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'register_line_with_its_batch';
    END IF;
    IF EXISTS (
        SELECT FROM (
            SELECT book_id, min(sequence) AS low, max(sequence) AS high, count(*) AS n
            FROM new_rows WHERE act = 'issue' GROUP BY book_id
        ) s JOIN credentials_register_book b ON b.id = s.book_id
        -- the number before is asked for by a scalar query: under OR, NOT EXISTS becomes a hash over
        -- the whole register
        WHERE s.high - s.low + 1 <> s.n
           OR s.low <> b.opening_number + 1 AND (
               SELECT o.sequence FROM credentials_register_line o
               WHERE o.book_id = s.book_id AND o.sequence = s.low - 1
                 AND o.is_live AND o.act = 'issue'
           ) IS NULL
    ) THEN
        RAISE EXCEPTION 'entry numbers of a live book follow each other without gap'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'register_line_no_gap';
    END IF;
    RETURN NULL;
END
$$;
DROP TRIGGER IF EXISTS register_lines_hold ON credentials_register_line;
CREATE TRIGGER register_lines_hold AFTER INSERT ON credentials_register_line
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION sogoc_register_lines_hold();

-- Personal rows belong to the issuer of their line: the column stands there for row-level security.
CREATE OR REPLACE FUNCTION sogoc_register_personal_holds() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
    SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off AS $$
BEGIN
    IF EXISTS (
        SELECT FROM new_rows n LEFT JOIN credentials_register_line l
            ON l.id = n.line_id AND l.issuer_id = n.issuer_id
        WHERE l.id IS NULL OR octet_length(n.record_key) <> 32
    ) THEN
        RAISE EXCEPTION 'personal data must belong to a line of the same issuer'
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'register_personal_of_its_line';
    END IF;
    RETURN NULL;
END
$$;
DROP TRIGGER IF EXISTS register_personal_holds ON credentials_register_personal;
CREATE TRIGGER register_personal_holds AFTER INSERT ON credentials_register_personal
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION sogoc_register_personal_holds();
REVOKE EXECUTE ON FUNCTION sogoc_register_lines_hold(), sogoc_register_personal_holds() FROM PUBLIC;

-- --- does this person have an original of the kind already, anywhere? -----------------------------

-- Across organisations, so it tells only that an original exists, where and since when; the caller
-- must bring name and birth date, or the personal ID, of each person. `ord` counts from 1.
CREATE OR REPLACE FUNCTION sogoc_prior_originals(
    p_kind text, p_name_keys text[], p_births date[], p_ids text[]
) RETURNS TABLE (
    ord integer, code text, issuer_code text, issuer_name text, kind text, issued_on date,
    revoked_on date, level text, major text
)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH asked AS MATERIALIZED (
        SELECT a.ord::integer, a.name_key, a.birth_date, a.personal_id
        FROM unnest(p_name_keys, p_births, p_ids)
            WITH ORDINALITY AS a (name_key, birth_date, personal_id, ord)
    ), found AS (
        SELECT a.ord, p.line_id
        FROM asked a JOIN credentials_register_personal p
          ON p.name_key = a.name_key AND p.birth_date = a.birth_date
         -- two IDs that differ are two people
         AND (p.personal_id = '' OR coalesce(a.personal_id, '') IN ('', p.personal_id))
        WHERE a.name_key <> ''
        UNION
        SELECT a.ord, p.line_id
        FROM asked a JOIN credentials_register_personal p ON p.personal_id = a.personal_id
        WHERE a.personal_id <> '' AND p.personal_id <> ''
    )
    SELECT f.ord, l.code::text, o.code::text, o.name::text, l.kind::text, l.issued_on,
           r.issued_on, p.details ->> 'level', p.details ->> 'major'
    FROM found f
    JOIN credentials_register_line l ON l.id = f.line_id AND l.act <> 'revoke' AND l.kind = p_kind
    JOIN credentials_register_personal p ON p.line_id = l.id
    JOIN people_organisation o ON o.id = l.issuer_id
    LEFT JOIN credentials_register_line r ON r.ref_id = l.id AND r.act = 'revoke'
    ORDER BY f.ord, l.issued_on, l.id
$$;
REVOKE EXECUTE ON FUNCTION sogoc_prior_originals(text, text[], date[], text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sogoc_prior_originals(text, text[], date[], text[]) TO {{app_role}};

-- Which serials of a kind were ever written in a register, at any issuer; tells no more than that.
-- Asked one by one by LIMIT: as a join the planner, which cannot see how many are asked, may go the
-- other way round, through every line of the kind for each of them.
CREATE OR REPLACE FUNCTION sogoc_used_serials(p_kind text, p_keys text[])
    RETURNS TABLE (serial_key text, is_live boolean)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH found AS MATERIALIZED (
        SELECT k.key, issued.yes AS issued, old.yes AS old
        FROM (SELECT DISTINCT key FROM unnest(p_keys) AS keys (key)) k
        LEFT JOIN LATERAL (
            SELECT true AS yes FROM credentials_register_line l
            WHERE upper(replace(l.serial, ' ', '')) = k.key AND l.kind = p_kind
              AND l.is_live AND l.act = 'issue' LIMIT 1
        ) issued ON true
        LEFT JOIN LATERAL (
            SELECT true AS yes FROM credentials_register_line l
            WHERE upper(replace(l.serial, ' ', '')) = k.key AND l.kind = p_kind
              AND l.act = 'legacy' LIMIT 1
        ) old ON true
    )
    SELECT key, issued IS NOT NULL FROM found WHERE issued OR old
$$;
REVOKE EXECUTE ON FUNCTION sogoc_used_serials(text, text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sogoc_used_serials(text, text[]) TO {{app_role}};
