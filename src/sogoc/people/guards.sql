-- Guards of the people tables. Idempotent; run as the owner of the tables.
--
-- Identity comes from three settings that `sogoc.people.identity` makes LOCAL to a transaction:
--   sogoc.orgs     ids of the organisations whose rows are visible, by comma, or `*`; none: no row
--   sogoc.actor    who acts
--   sogoc.purpose  `sign-in` or `import`: opens the tables named below, and nothing else does
-- A setting that was LOCAL once reads as '' afterwards, so '' means the same as unset.

-- --- who is asking ------------------------------------------------------------------------------

CREATE OR REPLACE FUNCTION sogoc_actor() RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN coalesce(pg_catalog.current_setting('sogoc.actor', true), '');

CREATE OR REPLACE FUNCTION sogoc_purpose() RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN coalesce(pg_catalog.current_setting('sogoc.purpose', true), '');

CREATE OR REPLACE FUNCTION sogoc_sees_all() RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN coalesce(pg_catalog.current_setting('sogoc.orgs', true), '') = '*';

-- Use it as `issuer_id = ANY ((SELECT sogoc_orgs())::bigint[])`: evaluated once a statement.
CREATE OR REPLACE FUNCTION sogoc_orgs() RETURNS bigint[]
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN CASE
        WHEN coalesce(pg_catalog.current_setting('sogoc.orgs', true), '') IN ('', '*')
            THEN '{}'::bigint[]
        ELSE pg_catalog.string_to_array(pg_catalog.current_setting('sogoc.orgs', true), ',')::bigint[]
    END;

-- Row by row, for triggers and functions; policies use the two functions above.
CREATE OR REPLACE FUNCTION sogoc_sees(org bigint) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN sogoc_sees_all() OR org = ANY (sogoc_orgs());

-- --- what only ever grows -----------------------------------------------------------------------

-- For BEFORE UPDATE OR DELETE OR TRUNCATE ... FOR EACH STATEMENT; refuses the owner as well. Tables
-- with a trigger `erases_columns` let their personal columns go while a logged act erases a line
-- (credentials/lifecycle/erasure_guards.sql).
CREATE OR REPLACE FUNCTION sogoc_refuse_change() RETURNS trigger
    LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND coalesce(current_setting('sogoc.erasing_act', true), '') <> '' THEN
        IF sogoc_erasing_line() IS NOT NULL AND EXISTS (
            SELECT FROM pg_catalog.pg_trigger t
            WHERE t.tgrelid = TG_RELID AND t.tgname = 'erases_columns') THEN
            RETURN NULL;
        END IF;
    END IF;
    RAISE EXCEPTION '% is insert-only: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'restrict_violation';
END
$$;

DROP TRIGGER IF EXISTS audit_event_insert_only ON people_auditevent;
CREATE TRIGGER audit_event_insert_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON people_auditevent
    FOR EACH STATEMENT EXECUTE FUNCTION sogoc_refuse_change();

-- --- rights of the application ------------------------------------------------------------------

REVOKE ALL ON
    people_organisation, people_capacity, people_suspension, people_licence, people_mandate,
    people_succession, people_account, people_rolegrant, people_signedinsession,
    people_signinfailure, people_auditevent
    FROM PUBLIC, {{app_role}};

GRANT SELECT, INSERT ON
    people_organisation, people_capacity, people_suspension, people_licence, people_mandate,
    people_succession, people_account, people_rolegrant, people_auditevent
    TO {{app_role}};
-- A period that was open may be closed; nothing else about what was once decided may change.
GRANT UPDATE (valid_until) ON
    people_capacity, people_suspension, people_licence, people_mandate, people_rolegrant
    TO {{app_role}};
GRANT UPDATE (name, name_en, short_name, province_code, parent_id, established_on, dissolved_on)
    ON people_organisation TO {{app_role}};
GRANT UPDATE (password, display_name, email, organisation_id, is_active)
    ON people_account TO {{app_role}};
GRANT SELECT, INSERT, UPDATE, DELETE ON people_signedinsession, people_signinfailure
    TO {{app_role}};
GRANT USAGE ON
    people_organisation_id_seq, people_capacity_id_seq, people_suspension_id_seq,
    people_licence_id_seq, people_mandate_id_seq, people_succession_id_seq, people_account_id_seq,
    people_rolegrant_id_seq, people_signinfailure_id_seq, people_auditevent_id_seq
    TO {{app_role}};

-- A closed period stays closed: it may only go from open to a day.
CREATE OR REPLACE FUNCTION sogoc_close_once() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.valid_until IS NOT NULL AND NEW.valid_until IS DISTINCT FROM OLD.valid_until THEN
        RAISE EXCEPTION 'a closed period of % may not change; add a new one', TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY[
        'people_capacity', 'people_suspension', 'people_licence', 'people_mandate',
        'people_rolegrant'
    ] LOOP
        EXECUTE format('DROP TRIGGER IF EXISTS period_closes_once ON %I', name);
        EXECUTE format(
            'CREATE TRIGGER period_closes_once BEFORE UPDATE ON %I'
            ' FOR EACH ROW EXECUTE FUNCTION sogoc_close_once()', name);
    END LOOP;
END
$$;

-- --- rows: who may read and add -----------------------------------------------------------------

-- Bodies, what they may do and who signs for them: public knowledge; written by an import alone.
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY[
        'people_organisation', 'people_capacity', 'people_suspension', 'people_licence',
        'people_mandate', 'people_succession'
    ] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('DROP POLICY IF EXISTS everyone_reads ON %I', name);
        EXECUTE format('DROP POLICY IF EXISTS import_adds ON %I', name);
        EXECUTE format('DROP POLICY IF EXISTS import_changes ON %I', name);
        EXECUTE format('CREATE POLICY everyone_reads ON %I FOR SELECT USING (true)', name);
        EXECUTE format(
            'CREATE POLICY import_adds ON %I FOR INSERT'
            ' WITH CHECK ((SELECT sogoc_purpose()) = ''import'')', name);
        EXECUTE format(
            'CREATE POLICY import_changes ON %I FOR UPDATE'
            ' USING ((SELECT sogoc_purpose()) = ''import'')', name);
    END LOOP;
END
$$;

-- Accounts and their roles: read while signing in or importing, written by an import alone.
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['people_account', 'people_rolegrant'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('DROP POLICY IF EXISTS sign_in_reads ON %I', name);
        EXECUTE format('DROP POLICY IF EXISTS import_adds ON %I', name);
        EXECUTE format('DROP POLICY IF EXISTS import_changes ON %I', name);
        EXECUTE format(
            'CREATE POLICY sign_in_reads ON %I FOR SELECT'
            ' USING ((SELECT sogoc_purpose()) IN (''sign-in'', ''import''))', name);
        EXECUTE format(
            'CREATE POLICY import_adds ON %I FOR INSERT'
            ' WITH CHECK ((SELECT sogoc_purpose()) = ''import'')', name);
        EXECUTE format(
            'CREATE POLICY import_changes ON %I FOR UPDATE'
            ' USING ((SELECT sogoc_purpose()) = ''import'')', name);
    END LOOP;
END
$$;

-- Sessions and counted failures: only while signing in.
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['people_signedinsession', 'people_signinfailure'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('DROP POLICY IF EXISTS sign_in_only ON %I', name);
        EXECUTE format(
            'CREATE POLICY sign_in_only ON %I USING ((SELECT sogoc_purpose()) = ''sign-in'')', name);
    END LOOP;
END
$$;

-- An event is written under one's own name, and read by those who see the body it is about.
ALTER TABLE people_auditevent ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS visible_body ON people_auditevent;
DROP POLICY IF EXISTS own_name ON people_auditevent;
CREATE POLICY visible_body ON people_auditevent FOR SELECT USING (
    (SELECT sogoc_sees_all())
    OR organisation_code = ANY (ARRAY(
        SELECT o.code::text FROM people_organisation o
        WHERE o.id = ANY ((SELECT sogoc_orgs())::bigint[])
    ))
);
CREATE POLICY own_name ON people_auditevent FOR INSERT
    WITH CHECK (actor = (SELECT sogoc_actor()) AND actor <> '');
