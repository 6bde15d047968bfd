-- Guards of digitisation: two persons, a third to settle, minutes before a line counts. Idempotent;
-- run as the owner of the tables, after those of the register.

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY[
        'credentials_digitisation_job', 'credentials_page_image', 'credentials_page_keying',
        'credentials_keyed_line', 'credentials_line_settlement',
        'credentials_digitisation_minutes', 'credentials_minutes_signature',
        'credentials_counted_line'
    ] LOOP
        EXECUTE format('REVOKE ALL ON %I FROM PUBLIC, {{app_role}}', name);
        EXECUTE format('GRANT SELECT, INSERT ON %I TO {{app_role}}', name);
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('DROP POLICY IF EXISTS issuer_is_visible ON %I', name);
        EXECUTE format(
            'CREATE POLICY issuer_is_visible ON %I'
            ' USING ((SELECT sogoc_sees_all()) OR issuer_id = ANY ((SELECT sogoc_orgs())::bigint[]))',
            name);
    END LOOP;
    FOREACH name IN ARRAY ARRAY[
        'credentials_page_image', 'credentials_page_keying', 'credentials_keyed_line',
        'credentials_line_settlement', 'credentials_digitisation_minutes',
        'credentials_minutes_signature', 'credentials_counted_line'
    ] LOOP
        EXECUTE format('DROP TRIGGER IF EXISTS digitisation_insert_only ON %I', name);
        EXECUTE format(
            'CREATE TRIGGER digitisation_insert_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %I'
            ' FOR EACH STATEMENT EXECUTE FUNCTION sogoc_refuse_change()', name);
    END LOOP;
END
$$;
GRANT UPDATE (state, counted_by, counted_at, cancelled_by, cancel_reason)
    ON credentials_digitisation_job TO {{app_role}};
GRANT USAGE ON
    credentials_page_image_id_seq, credentials_page_keying_id_seq, credentials_keyed_line_id_seq,
    credentials_line_settlement_id_seq, credentials_digitisation_minutes_id_seq,
    credentials_minutes_signature_id_seq, credentials_counted_line_id_seq
    TO {{app_role}};
DROP TRIGGER IF EXISTS digitisation_never_goes ON credentials_digitisation_job;
CREATE TRIGGER digitisation_never_goes BEFORE DELETE OR TRUNCATE ON credentials_digitisation_job
    FOR EACH STATEMENT EXECUTE FUNCTION sogoc_refuse_change();

-- --- the second person sees nothing of the first ------------------------------------------------

-- Lines are read by who keyed them, by whoever compares, and by all once two persons are through.
CREATE OR REPLACE FUNCTION sogoc_keying_is_open(p_keying bigint) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT k.keyed_by = sogoc_actor() OR j.method = 'compare' OR EXISTS (
        SELECT FROM credentials_page_keying o WHERE o.image_id = k.image_id AND o.ordinal = 2)
    FROM credentials_page_keying k JOIN credentials_digitisation_job j ON j.id = k.job_id
    WHERE k.id = p_keying
$$;
REVOKE EXECUTE ON FUNCTION sogoc_keying_is_open(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sogoc_keying_is_open(bigint) TO {{app_role}};
DROP POLICY IF EXISTS nobody_copies ON credentials_keyed_line;
CREATE POLICY nobody_copies ON credentials_keyed_line AS RESTRICTIVE FOR SELECT
    USING (sogoc_keying_is_open(keying_id));

-- --- jobs: the table of transitions (digitisation/state.py has the same) --------------------------

CREATE OR REPLACE FUNCTION sogoc_digitisation_begins() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.state <> 'keying' OR NEW.opened_by IN ('') OR NEW.opened_by <> sogoc_actor()
        OR NEW.counted_by <> '' OR NEW.count_xid IS NOT NULL OR NEW.cancelled_by <> ''
    THEN
        RAISE EXCEPTION 'a job begins with keying, under one''s own name'
            USING ERRCODE = 'restrict_violation';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('sogoc book ' || NEW.issuer_id || ' ' || NEW.kind));
    IF EXISTS (
        SELECT FROM credentials_digitisation_job j
        WHERE j.issuer_id = NEW.issuer_id AND j.kind = NEW.kind AND j.state <> 'cancelled'
          AND upper(j.title) = upper(NEW.title)
          AND j.first_page <= NEW.last_page AND j.last_page >= NEW.first_page
    ) THEN
        RAISE EXCEPTION 'another job has a page of these'
            USING ERRCODE = 'unique_violation', CONSTRAINT = 'digitisation_job_pages_once';
    END IF;
    RETURN NEW;
END
$$;
DROP TRIGGER IF EXISTS digitisation_begins ON credentials_digitisation_job;
CREATE TRIGGER digitisation_begins BEFORE INSERT ON credentials_digitisation_job
    FOR EACH ROW EXECUTE FUNCTION sogoc_digitisation_begins();

CREATE OR REPLACE FUNCTION sogoc_digitisation_moves() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    step text := OLD.state || '>' || NEW.state;
    moving CONSTANT text[] := ARRAY[
        'state', 'counted_by', 'counted_at', 'cancelled_by', 'cancel_reason', 'count_xid'];
    me text := sogoc_actor();
    latest bigint;
BEGIN
    IF to_jsonb(NEW) - moving <> to_jsonb(OLD) - moving THEN
        RAISE EXCEPTION 'what a job is about does not change' USING ERRCODE = 'restrict_violation';
    END IF;
    IF step NOT IN (
        'keying>compared', 'keying>cancelled', 'compared>signed', 'compared>keying',
        'compared>cancelled', 'signed>counted', 'signed>cancelled')
    THEN
        RAISE EXCEPTION 'a job does not go from % to %', OLD.state, NEW.state
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF (OLD.counted_by, OLD.counted_at) IS DISTINCT FROM (NEW.counted_by, NEW.counted_at)
            AND NEW.state <> 'counted'
        OR (OLD.cancelled_by, OLD.cancel_reason)
            IS DISTINCT FROM (NEW.cancelled_by, NEW.cancel_reason) AND NEW.state <> 'cancelled'
        OR NEW.count_xid IS DISTINCT FROM OLD.count_xid OR me = ''
    THEN
        RAISE EXCEPTION 'this does not move from % to %', OLD.state, NEW.state
            USING ERRCODE = 'restrict_violation';
    END IF;
    SELECT max(m.id) INTO latest FROM credentials_digitisation_minutes m WHERE m.job_id = NEW.id;
    IF NOT (CASE
        WHEN step = 'keying>compared' THEN NOT EXISTS (  -- every page through, and minutes
                SELECT FROM generate_series(NEW.first_page, NEW.last_page) AS p (page)
                WHERE NOT EXISTS (
                    SELECT FROM credentials_page_keying k
                    WHERE k.ordinal = 2 AND k.image_id = (
                        SELECT i.id FROM credentials_page_image i
                        WHERE i.job_id = NEW.id AND i.page = p.page
                        ORDER BY i.take DESC LIMIT 1)))
            AND EXISTS (
                SELECT FROM credentials_digitisation_minutes m
                WHERE m.id = latest AND m.drawn_up_by = me AND m.xid = txid_current())
        WHEN step = 'compared>signed' THEN (
                SELECT count(*) >= 2 AND NOT bool_and(EXISTS (
                    SELECT FROM credentials_page_keying k
                    WHERE k.job_id = NEW.id AND k.keyed_by = s.signed_by))
                FROM credentials_minutes_signature s WHERE s.minutes_id = latest)
        WHEN step = 'signed>counted' THEN NEW.counted_by = me AND NEW.counted_at IS NOT NULL
        WHEN NEW.state = 'cancelled' THEN NEW.cancelled_by = me AND NEW.cancel_reason <> ''
        ELSE true
    END) THEN
        RAISE EXCEPTION 'the step from % to % is not complete, or not by this person',
            OLD.state, NEW.state USING ERRCODE = 'restrict_violation';
    END IF;
    IF step = 'signed>counted' THEN
        NEW.count_xid := txid_current();
    END IF;
    RETURN NEW;
END
$$;
DROP TRIGGER IF EXISTS digitisation_moves ON credentials_digitisation_job;
CREATE TRIGGER digitisation_moves BEFORE UPDATE ON credentials_digitisation_job
    FOR EACH ROW EXECUTE FUNCTION sogoc_digitisation_moves();

-- --- pictures, keyings, settlements, minutes: each under one's own name and in its step -----------

CREATE OR REPLACE FUNCTION sogoc_require_job(p_job uuid, p_issuer bigint, p_state text)
    RETURNS void
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM credentials_digitisation_job j
        WHERE j.id = p_job AND j.issuer_id = p_issuer AND j.state = p_state
    ) THEN
        RAISE EXCEPTION 'the job is not of this body, or not %', p_state
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'digitisation_step';
    END IF;
END
$$;

CREATE OR REPLACE FUNCTION sogoc_require_own_name(p_name text) RETURNS void
    LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
    IF p_name = '' OR p_name <> sogoc_actor() THEN
        RAISE EXCEPTION 'this is done under one''s own name'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'digitisation_own_name';
    END IF;
END
$$;

CREATE OR REPLACE FUNCTION sogoc_page_image_holds() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM sogoc_require_own_name(NEW.attached_by);
    PERFORM sogoc_require_job(NEW.job_id, NEW.issuer_id, 'keying');
    IF octet_length(NEW.sha256) <> 32 OR EXISTS (
            SELECT FROM credentials_page_image i
            WHERE i.job_id = NEW.job_id AND i.sha256 = NEW.sha256 AND i.page <> NEW.page)
        OR NOT EXISTS (
            SELECT FROM credentials_digitisation_job j
            WHERE j.id = NEW.job_id AND NEW.page BETWEEN j.first_page AND j.last_page)
        OR NEW.take <> 1 + (
            SELECT count(*) FROM credentials_page_image i
            WHERE i.job_id = NEW.job_id AND i.page = NEW.page)
        OR NEW.reason = '' AND EXISTS (
            SELECT FROM credentials_page_keying k JOIN credentials_page_image i ON i.id = k.image_id
            WHERE i.job_id = NEW.job_id AND i.page = NEW.page)
    THEN
        RAISE EXCEPTION 'a picture stands for one page of its job; a keyed page is done again only'
            ' for a reason' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'page_image_holds';
    END IF;
    RETURN NEW;
END
$$;
DROP TRIGGER IF EXISTS page_image_holds ON credentials_page_image;
CREATE TRIGGER page_image_holds BEFORE INSERT ON credentials_page_image
    FOR EACH ROW EXECUTE FUNCTION sogoc_page_image_holds();

-- Two persons a page, the first one keys; the second as the job's method says.
CREATE OR REPLACE FUNCTION sogoc_page_keying_holds() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM sogoc_require_own_name(NEW.keyed_by);
    PERFORM sogoc_require_job(NEW.job_id, NEW.issuer_id, 'keying');
    IF NOT EXISTS (
            SELECT FROM credentials_page_image i
            WHERE i.id = NEW.image_id AND i.job_id = NEW.job_id AND i.take = (
                SELECT max(o.take) FROM credentials_page_image o
                WHERE o.job_id = i.job_id AND o.page = i.page))
        OR NEW.ordinal <> 1 + (
            SELECT count(*) FROM credentials_page_keying k WHERE k.image_id = NEW.image_id)
        OR NEW.method <> (
            SELECT CASE WHEN NEW.ordinal = 1 OR j.method = 'twice' THEN 'key' ELSE 'compare' END
            FROM credentials_digitisation_job j WHERE j.id = NEW.job_id)
        OR octet_length(NEW.digest) <> 32
    THEN
        RAISE EXCEPTION 'a page is keyed from its picture by two persons, one after the other'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'page_keying_holds';
    END IF;
    NEW.xid := txid_current();
    RETURN NEW;
END
$$;
DROP TRIGGER IF EXISTS page_keying_holds ON credentials_page_keying;
CREATE TRIGGER page_keying_holds BEFORE INSERT ON credentials_page_keying
    FOR EACH ROW EXECUTE FUNCTION sogoc_page_keying_holds();

-- Lines come in the transaction of their keying, and all of them do: looked at when it commits.
CREATE OR REPLACE FUNCTION sogoc_keyed_lines_hold() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT FROM (SELECT DISTINCT keying_id, issuer_id FROM new_rows) n
        LEFT JOIN credentials_page_keying k
            ON k.id = n.keying_id AND k.issuer_id = n.issuer_id AND k.xid = txid_current()
           AND k.keyed_by = sogoc_actor()
        WHERE k.id IS NULL
    ) THEN
        RAISE EXCEPTION 'lines are written with their keying'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'keyed_line_with_its_keying';
    END IF;
    RETURN NULL;
END
$$;
DROP TRIGGER IF EXISTS keyed_lines_hold ON credentials_keyed_line;
CREATE TRIGGER keyed_lines_hold AFTER INSERT ON credentials_keyed_line
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION sogoc_keyed_lines_hold();

CREATE OR REPLACE FUNCTION sogoc_page_keying_is_whole() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.line_count <> (
        SELECT count(*) FROM credentials_keyed_line l WHERE l.keying_id = NEW.id)
    THEN
        RAISE EXCEPTION 'keying % is not whole', NEW.id
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'page_keying_is_whole';
    END IF;
    RETURN NULL;
END
$$;
DROP TRIGGER IF EXISTS page_keying_is_whole ON credentials_page_keying;
CREATE CONSTRAINT TRIGGER page_keying_is_whole AFTER INSERT ON credentials_page_keying
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sogoc_page_keying_is_whole();

CREATE OR REPLACE FUNCTION sogoc_line_settlement_holds() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM sogoc_require_own_name(NEW.settled_by);
    PERFORM sogoc_require_job(NEW.job_id, NEW.issuer_id, 'keying');
    IF NOT EXISTS (
        SELECT FROM credentials_page_image i JOIN credentials_page_keying k ON k.image_id = i.id
        WHERE i.id = NEW.image_id AND i.job_id = NEW.job_id
        HAVING count(*) = 2 AND bool_and(k.keyed_by <> NEW.settled_by))
    THEN
        RAISE EXCEPTION 'a third person settles what two have read'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'line_settlement_by_a_third';
    END IF;
    RETURN NEW;
END
$$;
DROP TRIGGER IF EXISTS line_settlement_holds ON credentials_line_settlement;
CREATE TRIGGER line_settlement_holds BEFORE INSERT ON credentials_line_settlement
    FOR EACH ROW EXECUTE FUNCTION sogoc_line_settlement_holds();

CREATE OR REPLACE FUNCTION sogoc_digitisation_minutes_hold() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM sogoc_require_own_name(NEW.drawn_up_by);
    PERFORM sogoc_require_job(NEW.job_id, NEW.issuer_id, 'keying');
    IF octet_length(NEW.digest) <> 32 OR NOT EXISTS (
        SELECT FROM credentials_digitisation_job j WHERE j.id = NEW.job_id
          AND j.first_page = NEW.first_page AND j.last_page = NEW.last_page)
    THEN
        RAISE EXCEPTION 'minutes are about all pages of their job, by digest'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'digitisation_minutes_hold';
    END IF;
    NEW.xid := txid_current();
    RETURN NEW;
END
$$;
DROP TRIGGER IF EXISTS digitisation_minutes_hold ON credentials_digitisation_minutes;
CREATE TRIGGER digitisation_minutes_hold BEFORE INSERT ON credentials_digitisation_minutes
    FOR EACH ROW EXECUTE FUNCTION sogoc_digitisation_minutes_hold();

CREATE OR REPLACE FUNCTION sogoc_minutes_signature_holds() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM sogoc_require_own_name(NEW.signed_by);
    IF NOT EXISTS (
        SELECT FROM credentials_digitisation_minutes m
        JOIN credentials_digitisation_job j ON j.id = m.job_id
        WHERE m.id = NEW.minutes_id AND m.issuer_id = NEW.issuer_id AND m.digest = NEW.digest
          AND j.state = 'compared'
          AND m.id = (SELECT max(o.id) FROM credentials_digitisation_minutes o
                      WHERE o.job_id = m.job_id))
    THEN
        RAISE EXCEPTION 'what is signed are the minutes that hold, while they wait for it'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'minutes_signature_holds';
    END IF;
    RETURN NEW;
END
$$;
DROP TRIGGER IF EXISTS minutes_signature_holds ON credentials_minutes_signature;
CREATE TRIGGER minutes_signature_holds BEFORE INSERT ON credentials_minutes_signature
    FOR EACH ROW EXECUTE FUNCTION sogoc_minutes_signature_holds();

-- --- counting: a digitised line stands in the register only by its signed minutes ----------------

-- A legacy line whose source is a page image is written in the transaction that counts its job.
CREATE OR REPLACE FUNCTION sogoc_digitised_lines_hold() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
    SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off AS $$
BEGIN
    PERFORM 1 FROM new_rows WHERE act = 'legacy' LIMIT 1;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    IF EXISTS (
        SELECT FROM (
            SELECT DISTINCT source_digest, issuer_id, kind FROM new_rows WHERE act = 'legacy'
        ) n
        JOIN credentials_page_image i
            ON i.sha256 = n.source_digest AND i.issuer_id = n.issuer_id
        JOIN credentials_digitisation_job j ON j.id = i.job_id
        GROUP BY n.source_digest, n.issuer_id, n.kind
        HAVING NOT bool_or(
            j.state = 'counted' AND j.count_xid = txid_current() AND j.kind = n.kind)
    ) THEN
        RAISE EXCEPTION 'a line of a digitised page counts only by signed minutes'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'register_line_by_minutes';
    END IF;
    RETURN NULL;
END
$$;
DROP TRIGGER IF EXISTS digitised_lines_hold ON credentials_register_line;
CREATE TRIGGER digitised_lines_hold AFTER INSERT ON credentials_register_line
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION sogoc_digitised_lines_hold();

CREATE OR REPLACE FUNCTION sogoc_counted_lines_hold() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT FROM new_rows n
        LEFT JOIN (
            credentials_register_line l
            JOIN credentials_page_image i ON i.sha256 = l.source_digest
            JOIN credentials_digitisation_job j ON j.id = i.job_id
        ) ON l.id = n.register_line_id AND l.act = 'legacy' AND l.source_row = n.line
         AND i.id = n.image_id AND j.id = n.job_id AND j.issuer_id = n.issuer_id
         AND l.issuer_id = n.issuer_id AND j.count_xid = txid_current()
        WHERE l.id IS NULL
    ) THEN
        RAISE EXCEPTION 'a counted line is a register line of its job and page'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'counted_line_of_its_job';
    END IF;
    RETURN NULL;
END
$$;
DROP TRIGGER IF EXISTS counted_lines_hold ON credentials_counted_line;
CREATE TRIGGER counted_lines_hold AFTER INSERT ON credentials_counted_line
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION sogoc_counted_lines_hold();

-- A counted job is in the register whole: looked at when the transaction commits.
CREATE OR REPLACE FUNCTION sogoc_digitisation_is_whole() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF (SELECT count(*) FROM credentials_counted_line c WHERE c.job_id = NEW.id) <> (
        SELECT m.line_count FROM credentials_digitisation_minutes m
        WHERE m.job_id = NEW.id ORDER BY m.id DESC LIMIT 1)
    THEN
        RAISE EXCEPTION 'job % is not whole in the register', NEW.id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END
$$;
DROP TRIGGER IF EXISTS digitisation_is_whole ON credentials_digitisation_job;
CREATE CONSTRAINT TRIGGER digitisation_is_whole AFTER UPDATE ON credentials_digitisation_job
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (OLD.state = 'signed' AND NEW.state = 'counted')
    EXECUTE FUNCTION sogoc_digitisation_is_whole();

REVOKE EXECUTE ON FUNCTION
    sogoc_digitisation_begins(), sogoc_digitisation_moves(), sogoc_page_image_holds(),
    sogoc_require_job(uuid, bigint, text), sogoc_page_keying_holds(), sogoc_keyed_lines_hold(),
    sogoc_page_keying_is_whole(), sogoc_line_settlement_holds(),
    sogoc_digitisation_minutes_hold(), sogoc_minutes_signature_holds(),
    sogoc_digitised_lines_hold(), sogoc_counted_lines_hold(), sogoc_digitisation_is_whole()
    FROM PUBLIC;
