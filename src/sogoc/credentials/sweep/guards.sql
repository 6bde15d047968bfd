-- Guards of stored sweeps and their cases. Idempotent; run as the owner role.

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY[
        'credentials_sweep_run', 'credentials_sweep_part', 'credentials_sweep_progress',
        'credentials_sweep_case_note'
    ] LOOP
        EXECUTE format('DROP TRIGGER IF EXISTS sweep_insert_only ON %I', name);
        EXECUTE format(
            'CREATE TRIGGER sweep_insert_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %I'
            ' FOR EACH STATEMENT EXECUTE FUNCTION sogoc_refuse_change()', name);
    END LOOP;
    FOREACH name IN ARRAY ARRAY[
        'credentials_sweep_part', 'credentials_sweep_case', 'credentials_sweep_case_note'
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
    credentials_sweep_run, credentials_sweep_part, credentials_sweep_progress,
    credentials_sweep_case, credentials_sweep_case_note
    FROM PUBLIC, {{app_role}};
GRANT SELECT, INSERT ON
    credentials_sweep_run, credentials_sweep_part, credentials_sweep_progress,
    credentials_sweep_case, credentials_sweep_case_note
    TO {{app_role}};
GRANT UPDATE (
    level, citation, digest, last_found_on, last_run_id, owner_id, state, speaks, assigned_to,
    assigned_by, assigned_at, closed_by, closed_at, closed_run_id, close_reason
) ON credentials_sweep_case TO {{app_role}};
GRANT USAGE ON
    credentials_sweep_part_id_seq, credentials_sweep_progress_id_seq,
    credentials_sweep_case_note_id_seq
    TO {{app_role}};

-- A run is seen by who sees every register in it; its steps by who sees the run.
ALTER TABLE credentials_sweep_run ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS scope_is_visible ON credentials_sweep_run;
CREATE POLICY scope_is_visible ON credentials_sweep_run
    USING ((SELECT sogoc_sees_all()) OR issuers <@ (SELECT sogoc_orgs())::bigint[]);
ALTER TABLE credentials_sweep_progress ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS run_is_visible ON credentials_sweep_progress;
CREATE POLICY run_is_visible ON credentials_sweep_progress
    USING ((SELECT sogoc_sees_all())
        OR EXISTS (SELECT FROM credentials_sweep_run r WHERE r.id = run_id));

-- --- cases: the table of transitions (sweep/state.py has the same) --------------------------------

DROP TRIGGER IF EXISTS sweep_case_never_goes ON credentials_sweep_case;
CREATE TRIGGER sweep_case_never_goes BEFORE DELETE OR TRUNCATE ON credentials_sweep_case
    FOR EACH STATEMENT EXECUTE FUNCTION sogoc_refuse_change();

CREATE OR REPLACE FUNCTION sogoc_sweep_case_begins() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.state <> 'open' OR NOT NEW.speaks OR NEW.assigned_to <> '' OR NEW.closed_by <> '' THEN
        RAISE EXCEPTION 'a case begins as open' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
DROP TRIGGER IF EXISTS sweep_case_begins ON credentials_sweep_case;
CREATE TRIGGER sweep_case_begins BEFORE INSERT ON credentials_sweep_case
    FOR EACH ROW EXECUTE FUNCTION sogoc_sweep_case_begins();

CREATE OR REPLACE FUNCTION sogoc_sweep_case_moves() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    step text := OLD.state || '>' || NEW.state;
BEGIN
    IF coalesce(current_setting('sogoc.erasing_act', true), '') <> '' THEN
        IF sogoc_erasing_line() IS NOT NULL THEN
            RETURN NEW;  -- the trigger erases_columns has looked at the row
        END IF;
    END IF;
    IF OLD.state IN ('explained', 'corrected', 'revoked', 'dismissed') THEN
        IF NEW.state <> OLD.state OR NEW.closed_by <> OLD.closed_by
            OR NEW.close_reason <> OLD.close_reason OR NEW.assigned_to <> OLD.assigned_to
            OR NEW.speaks AND NOT OLD.speaks
        THEN
            RAISE EXCEPTION 'a closed case stays closed' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.state = OLD.state AND NEW.state <> 'assigned' OR step NOT IN (
        'open>assigned', 'open>explained', 'open>corrected', 'open>revoked', 'open>dismissed',
        'assigned>assigned', 'assigned>explained', 'assigned>corrected', 'assigned>revoked',
        'assigned>dismissed')
    THEN
        RAISE EXCEPTION 'a case does not go from % to %', OLD.state, NEW.state
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.state = 'assigned' AND NEW.assigned_by <> sogoc_actor()
        OR NEW.closed_by NOT IN ('', sogoc_actor())
    THEN
        RAISE EXCEPTION 'a case moves under one''s own name' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.speaks <> (NEW.state IN ('open', 'assigned')
        OR NEW.closed_by <> '' AND NEW.state IN ('explained', 'dismissed'))
    THEN
        RAISE EXCEPTION 'a case speaks until it is closed, or answered by a person'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.state = 'revoked' AND NOT EXISTS (
        SELECT FROM credentials_register_line r WHERE r.ref_id = NEW.line_id AND r.act = 'revoke')
    THEN
        RAISE EXCEPTION 'the line of this case is not revoked' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
DROP TRIGGER IF EXISTS sweep_case_moves ON credentials_sweep_case;
CREATE TRIGGER sweep_case_moves BEFORE UPDATE OF
    state, speaks, assigned_to, assigned_by, closed_by, close_reason ON credentials_sweep_case
    FOR EACH ROW EXECUTE FUNCTION sogoc_sweep_case_moves();

-- --- whose other originals lie anywhere -----------------------------------------------------------

-- The lines of issuers one sees whose person has another original of the kind, at any issuer. It
-- tells no more than that there is one; `sogoc_prior_originals` then says where and since when.
CREATE OR REPLACE FUNCTION sogoc_sweep_alike_people(p_issuers bigint[], p_as_of date)
    RETURNS TABLE (line_id bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT l.id
    FROM credentials_register_line l JOIN credentials_register_personal p ON p.line_id = l.id
    WHERE l.issuer_id = ANY (p_issuers) AND sogoc_sees(l.issuer_id)
      AND l.act <> 'revoke' AND l.issued_on <= p_as_of AND p.name_key <> ''
      AND EXISTS (
          SELECT FROM credentials_register_personal q
          JOIN credentials_register_line m ON m.id = q.line_id
          WHERE q.name_key = p.name_key AND q.birth_date = p.birth_date AND q.line_id <> p.line_id
            AND m.kind = l.kind AND m.act <> 'revoke' AND m.issued_on <= p_as_of
      )
    UNION
    SELECT l.id
    FROM credentials_register_line l JOIN credentials_register_personal p ON p.line_id = l.id
    WHERE l.issuer_id = ANY (p_issuers) AND sogoc_sees(l.issuer_id)
      AND l.act <> 'revoke' AND l.issued_on <= p_as_of AND p.personal_id <> ''
      AND EXISTS (
          SELECT FROM credentials_register_personal q
          JOIN credentials_register_line m ON m.id = q.line_id
          WHERE q.personal_id = p.personal_id AND q.personal_id <> '' AND q.line_id <> p.line_id
            AND m.kind = l.kind AND m.act <> 'revoke' AND m.issued_on <= p_as_of
      )
$$;
REVOKE EXECUTE ON FUNCTION sogoc_sweep_alike_people(bigint[], date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sogoc_sweep_alike_people(bigint[], date) TO {{app_role}};
