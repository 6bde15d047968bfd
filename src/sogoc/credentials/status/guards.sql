-- Guards of status lists: entries, marks and issues only grow. Idempotent; run as the owner.

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY[
        'credentials_status_list', 'credentials_status_entry', 'credentials_status_mark',
        'credentials_status_issue'
    ] LOOP
        EXECUTE format('DROP TRIGGER IF EXISTS status_insert_only ON %I', name);
        EXECUTE format(
            'CREATE TRIGGER status_insert_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %I'
            ' FOR EACH STATEMENT EXECUTE FUNCTION sogoc_refuse_change()', name);
        EXECUTE format('REVOKE ALL ON %I FROM PUBLIC, {{app_role}}', name);
        EXECUTE format('GRANT SELECT, INSERT ON %I TO {{app_role}}', name);
        EXECUTE format('GRANT USAGE ON %I TO {{app_role}}', name || '_id_seq');
    END LOOP;
END
$$;

-- An index lies in its list, and the list is of the body that issued the line.
CREATE OR REPLACE FUNCTION sogoc_status_entry_fits() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT FROM new_rows n
        LEFT JOIN credentials_status_list s ON s.id = n.list_id
        LEFT JOIN credentials_register_line l ON l.id = n.line_id
        WHERE s.id IS NULL OR l.id IS NULL OR n.index >= s.length
           OR l.issuer_id <> s.issuer_id OR l.act = 'revoke'
    ) THEN
        RAISE EXCEPTION 'a status entry is of an original, inside a list of its issuer'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END
$$;
REVOKE EXECUTE ON FUNCTION sogoc_status_entry_fits() FROM PUBLIC;
DROP TRIGGER IF EXISTS status_entry_fits ON credentials_status_entry;
CREATE TRIGGER status_entry_fits AFTER INSERT ON credentials_status_entry
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION sogoc_status_entry_fits();
