-- Guards of decisions, batches, rows, findings and rulings. Idempotent; run as the owner role.

-- --- decisions and findings: insert-only ---------------------------------------------------------

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['credentials_recognition_decision', 'credentials_batch_finding']
    LOOP
        EXECUTE format('DROP TRIGGER IF EXISTS issuing_insert_only ON %I', name);
        EXECUTE format(
            'CREATE TRIGGER issuing_insert_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %I'
            ' FOR EACH STATEMENT EXECUTE FUNCTION sogoc_refuse_change()', name);
    END LOOP;
    FOREACH name IN ARRAY ARRAY[
        'credentials_batch', 'credentials_batch_row', 'credentials_ruling'
    ] LOOP
        EXECUTE format('DROP TRIGGER IF EXISTS issuing_never_goes ON %I', name);
        EXECUTE format(
            'CREATE TRIGGER issuing_never_goes BEFORE DELETE OR TRUNCATE ON %I'
            ' FOR EACH STATEMENT EXECUTE FUNCTION sogoc_refuse_change()', name);
    END LOOP;
    FOREACH name IN ARRAY ARRAY[
        'credentials_recognition_decision', 'credentials_batch', 'credentials_batch_row',
        'credentials_batch_finding'
    ] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('DROP POLICY IF EXISTS issuer_is_visible ON %I', name);
        EXECUTE format(
            'CREATE POLICY issuer_is_visible ON %I'
            ' USING ((SELECT sogoc_sees_all()) OR issuer_id = ANY ((SELECT sogoc_orgs())::bigint[]))',
            name);
    END LOOP;
END
$$;

REVOKE ALL ON
    credentials_recognition_decision, credentials_batch, credentials_batch_row,
    credentials_batch_finding, credentials_ruling
    FROM PUBLIC, {{app_role}};
GRANT SELECT, INSERT ON
    credentials_recognition_decision, credentials_batch, credentials_batch_row,
    credentials_batch_finding, credentials_ruling
    TO {{app_role}};
GRANT UPDATE (
    state, approved_by, approved_at, printed_by, printed_at, signed_by, signed_on, sealed_by,
    sealed_on, issued_by, issued_at, issue_key, cancelled_by, cancel_reason
) ON credentials_batch TO {{app_role}};
GRANT UPDATE (serial) ON credentials_batch_row TO {{app_role}};
GRANT UPDATE (confirmed_by, confirmed_at) ON credentials_ruling TO {{app_role}};

-- --- batches: the table of transitions (issuing/state.py has the same) ---------------------------

CREATE OR REPLACE FUNCTION sogoc_batch_begins() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.state <> 'prepared' OR NEW.approved_by <> '' OR NEW.printed_by <> ''
        OR NEW.signed_by <> '' OR NEW.sealed_by <> '' OR NEW.issued_by <> ''
        OR NEW.cancelled_by <> '' OR NEW.issue_key IS NOT NULL OR NEW.issue_xid IS NOT NULL
        OR NEW.row_count < 1 OR octet_length(NEW.binding) <> 32 OR NEW.rule_set = ''
    THEN
        RAISE EXCEPTION 'a batch begins as prepared' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.prepared_by = '' OR NEW.prepared_by <> sogoc_actor() THEN
        RAISE EXCEPTION 'a batch is prepared under one''s own name'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
DROP TRIGGER IF EXISTS batch_begins ON credentials_batch;
CREATE TRIGGER batch_begins BEFORE INSERT ON credentials_batch
    FOR EACH ROW EXECUTE FUNCTION sogoc_batch_begins();

CREATE OR REPLACE FUNCTION sogoc_batch_moves() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    step text := OLD.state || '>' || NEW.state;
    moving CONSTANT text[] := ARRAY[
        'state', 'approved_by', 'approved_at', 'printed_by', 'printed_at', 'signed_by',
        'signed_on', 'sealed_by', 'sealed_on', 'issued_by', 'issued_at', 'issue_key', 'issue_xid',
        'cancelled_by', 'cancel_reason'];
    me text := sogoc_actor();
BEGIN
    IF to_jsonb(NEW) - moving <> to_jsonb(OLD) - moving THEN
        RAISE EXCEPTION 'what a token binds does not change' USING ERRCODE = 'restrict_violation';
    END IF;
    IF step NOT IN (
        'prepared>approved', 'approved>printed', 'printed>printed', 'printed>signed',
        'signed>issued', 'signed>printed', 'prepared>cancelled', 'approved>cancelled',
        'printed>cancelled', 'signed>cancelled')
    THEN
        RAISE EXCEPTION 'a batch does not go from % to %', OLD.state, NEW.state
            USING ERRCODE = 'restrict_violation';
    END IF;
    -- each group of columns moves in its own step, under the name of who takes it
    IF (OLD.approved_by, OLD.approved_at) IS DISTINCT FROM (NEW.approved_by, NEW.approved_at)
        AND step <> 'prepared>approved'
        OR (OLD.printed_by, OLD.printed_at) IS DISTINCT FROM (NEW.printed_by, NEW.printed_at)
        AND step <> 'approved>printed'
        OR (OLD.signed_by, OLD.signed_on) IS DISTINCT FROM (NEW.signed_by, NEW.signed_on)
        AND step NOT IN ('printed>printed', 'signed>printed')
        OR (OLD.sealed_by, OLD.sealed_on) IS DISTINCT FROM (NEW.sealed_by, NEW.sealed_on)
        AND step NOT IN ('printed>signed', 'signed>printed')
        OR (OLD.issued_by, OLD.issued_at, OLD.issue_key)
           IS DISTINCT FROM (NEW.issued_by, NEW.issued_at, NEW.issue_key)
        AND step <> 'signed>issued'
        OR (OLD.cancelled_by, OLD.cancel_reason)
           IS DISTINCT FROM (NEW.cancelled_by, NEW.cancel_reason)
        AND NEW.state <> 'cancelled'
        OR NEW.issue_xid IS DISTINCT FROM OLD.issue_xid
    THEN
        RAISE EXCEPTION 'this does not move from % to %', OLD.state, NEW.state
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF NOT (CASE
        WHEN step = 'prepared>approved' THEN
            NEW.approved_by = me AND me NOT IN ('', OLD.prepared_by) AND NEW.approved_at IS NOT NULL
        WHEN step = 'approved>printed' THEN NEW.printed_by = me AND NEW.printed_at IS NOT NULL
        WHEN step = 'printed>printed' THEN
            (OLD.signed_by = '' AND NEW.signed_by = me AND NEW.signed_on IS NOT NULL)
            OR (OLD.signed_by <> '' AND NEW.signed_by = '' AND NEW.signed_on IS NULL)
        WHEN step = 'printed>signed' THEN
            NEW.signed_by <> '' AND NEW.sealed_by = me AND NEW.sealed_on >= NEW.signed_on
        WHEN step = 'signed>printed' THEN
            NEW.signed_by = '' AND NEW.signed_on IS NULL
            AND NEW.sealed_by = '' AND NEW.sealed_on IS NULL
        WHEN step = 'signed>issued' THEN
            NEW.issued_by = me AND NEW.issued_at IS NOT NULL AND NEW.issue_key IS NOT NULL
        ELSE NEW.cancelled_by = me AND NEW.cancel_reason <> ''
    END) OR me = ''
    THEN
        RAISE EXCEPTION 'the step from % to % is not complete, or not by this person',
            OLD.state, NEW.state USING ERRCODE = 'restrict_violation';
    END IF;
    IF step = 'signed>issued' THEN
        NEW.issue_xid := txid_current();
    END IF;
    RETURN NEW;
END
$$;
DROP TRIGGER IF EXISTS batch_moves ON credentials_batch;
CREATE TRIGGER batch_moves BEFORE UPDATE ON credentials_batch
    FOR EACH ROW EXECUTE FUNCTION sogoc_batch_moves();

-- An issued batch is in the register whole: looked at when the transaction commits.
CREATE OR REPLACE FUNCTION sogoc_batch_is_whole() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF (SELECT count(*) FROM credentials_register_line r
         WHERE r.batch_id = NEW.id AND r.act = 'issue') <> NEW.row_count
        OR (SELECT count(*) FROM credentials_blank_movement m
             WHERE m.batch_id = NEW.id AND m.state = 'issued') <> NEW.row_count
    THEN
        RAISE EXCEPTION 'batch % is not whole in the register', NEW.id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END
$$;
DROP TRIGGER IF EXISTS batch_is_whole ON credentials_batch;
CREATE CONSTRAINT TRIGGER batch_is_whole AFTER UPDATE ON credentials_batch
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (OLD.state = 'signed' AND NEW.state = 'issued')
    EXECUTE FUNCTION sogoc_batch_is_whole();

-- --- rows: written with their batch; later only the serial, while it is printed ------------------

CREATE OR REPLACE FUNCTION sogoc_batch_rows_begin() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT FROM (SELECT DISTINCT batch_id, issuer_id FROM new_rows) n
        LEFT JOIN credentials_batch b
            ON b.id = n.batch_id AND b.issuer_id = n.issuer_id AND b.state = 'prepared'
        WHERE b.id IS NULL)
    THEN
        RAISE EXCEPTION 'rows are written with their batch' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END
$$;
DROP TRIGGER IF EXISTS batch_rows_begin ON credentials_batch_row;
CREATE TRIGGER batch_rows_begin AFTER INSERT ON credentials_batch_row
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION sogoc_batch_rows_begin();

CREATE OR REPLACE FUNCTION sogoc_batch_rows_printed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF coalesce(current_setting('sogoc.erasing_act', true), '') <> '' THEN
        IF sogoc_erasing_line() IS NOT NULL THEN
            RETURN NULL;  -- the trigger erases_columns has looked at each row
        END IF;
    END IF;
    IF EXISTS (
        SELECT FROM new_rows n FULL JOIN old_rows o USING (id)
        WHERE n.batch_id IS DISTINCT FROM o.batch_id OR n.issuer_id IS DISTINCT FROM o.issuer_id
           OR n.n IS DISTINCT FROM o.n OR n.sheet IS DISTINCT FROM o.sheet
           OR n.row IS DISTINCT FROM o.row OR n.data IS DISTINCT FROM o.data)
    THEN
        RAISE EXCEPTION 'what a token binds does not change' USING ERRCODE = 'restrict_violation';
    END IF;
    IF EXISTS (
        SELECT FROM (SELECT DISTINCT batch_id FROM new_rows) n
        JOIN credentials_batch b ON b.id = n.batch_id
        WHERE b.state NOT IN ('approved', 'printed'))
    THEN
        RAISE EXCEPTION 'serials are set while a batch is printed'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END
$$;
DROP TRIGGER IF EXISTS batch_rows_printed ON credentials_batch_row;
CREATE TRIGGER batch_rows_printed AFTER UPDATE ON credentials_batch_row
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION sogoc_batch_rows_printed();

-- --- rulings: recorded by one, confirmed once by another -----------------------------------------

CREATE OR REPLACE FUNCTION sogoc_ruling_moves() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.recorded_by = '' OR NEW.recorded_by <> sogoc_actor() OR NEW.confirmed_by <> '' THEN
            RAISE EXCEPTION 'a ruling is recorded under one''s own name, unconfirmed'
                USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF to_jsonb(NEW) - ARRAY['confirmed_by', 'confirmed_at']
            <> to_jsonb(OLD) - ARRAY['confirmed_by', 'confirmed_at']
        OR OLD.confirmed_by <> '' OR NEW.confirmed_by IN ('', OLD.recorded_by)
        OR NEW.confirmed_by <> sogoc_actor() OR NEW.confirmed_at IS NULL
    THEN
        RAISE EXCEPTION 'a ruling is confirmed once, by another person'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
DROP TRIGGER IF EXISTS ruling_moves ON credentials_ruling;
CREATE TRIGGER ruling_moves BEFORE INSERT OR UPDATE ON credentials_ruling
    FOR EACH ROW EXECUTE FUNCTION sogoc_ruling_moves();

REVOKE EXECUTE ON FUNCTION
    sogoc_batch_is_whole(), sogoc_batch_rows_begin(), sogoc_batch_rows_printed() FROM PUBLIC;
