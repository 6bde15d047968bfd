-- Guards of documents. Idempotent; run as the owner role.

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['credentials_document', 'credentials_document_edition',
        'credentials_document_state']
    LOOP
        EXECUTE format('DROP TRIGGER IF EXISTS document_insert_only ON %I', name);
        EXECUTE format(
            'CREATE TRIGGER document_insert_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %I'
            ' FOR EACH STATEMENT EXECUTE FUNCTION sogoc_refuse_change()', name);
        EXECUTE format('REVOKE ALL ON %I FROM PUBLIC, {{app_role}}', name);
        EXECUTE format('GRANT SELECT, INSERT ON %I TO {{app_role}}', name);
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('DROP POLICY IF EXISTS issuer_is_visible ON %I', name);
        EXECUTE format(
            'CREATE POLICY issuer_is_visible ON %I'
            ' USING ((SELECT sogoc_sees_all()) OR issuer_id = ANY ((SELECT sogoc_orgs())::bigint[]))',
            name);
    END LOOP;
END
$$;

-- A document is of a published original of its issuer that stands, never made in the transaction
-- that entered the line: a checkpoint covers the leaf.
CREATE OR REPLACE FUNCTION sogoc_document_is_of_a_line() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT FROM new_rows n
        LEFT JOIN credentials_register_line l ON l.id = n.line_id
        WHERE n.made_by <> sogoc_actor() OR l.id IS NULL OR l.act = 'revoke'
            OR l.issuer_id <> n.issuer_id
            OR EXISTS (SELECT FROM credentials_register_line r
                       WHERE r.ref_id = l.id AND r.act = 'revoke')
            OR NOT EXISTS (
                SELECT FROM credentials_log_leaf f
                JOIN credentials_log_position p ON p.leaf_id = f.id
                WHERE f.leaf_hash = l.leaf_hash AND p.index < (
                    SELECT max(c.size) FROM credentials_log_checkpoint c WHERE c.stream = p.stream)))
    THEN
        RAISE EXCEPTION 'a document is made of a published line that stands'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'document_of_published_line';
    END IF;
    RETURN NULL;
END
$$;
DROP TRIGGER IF EXISTS document_is_of_a_line ON credentials_document;
CREATE TRIGGER document_is_of_a_line AFTER INSERT ON credentials_document
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION sogoc_document_is_of_a_line();

-- A file is kept only with two signatures made from prepared requests about this very document:
-- a person's and a seal's.
CREATE OR REPLACE FUNCTION sogoc_edition_is_signed() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT FROM new_rows n
        JOIN credentials_document d ON d.id = n.document_id
        WHERE n.made_by <> sogoc_actor() OR n.issuer_id <> d.issuer_id OR length(n.sha256) <> 32
            OR (SELECT count(*) FROM credentials_signature_request r
                JOIN credentials_made_signature m ON m.request_id = r.id
                JOIN credentials_signing_key k ON k.id = r.key_id
                WHERE r.subject = d.number AND r.line_id = d.line_id
                    AND ((r.token = n.person_token AND k.purpose = 'person')
                        OR (r.token = n.seal_token AND k.purpose = 'seal'))) <> 2)
    THEN
        RAISE EXCEPTION 'an edition bears two prepared signatures, a person''s and a seal''s'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'document_edition_signed';
    END IF;
    RETURN NULL;
END
$$;
DROP TRIGGER IF EXISTS edition_is_signed ON credentials_document_edition;
CREATE TRIGGER edition_is_signed AFTER INSERT ON credentials_document_edition
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION sogoc_edition_is_signed();

CREATE OR REPLACE FUNCTION sogoc_document_state_is_of_it() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.recorded_by <> sogoc_actor() OR NOT EXISTS (
        SELECT FROM credentials_document d
        WHERE d.id = NEW.document_id AND d.issuer_id = NEW.issuer_id)
    THEN
        RAISE EXCEPTION 'a status is recorded under one''s own name, of a document of that issuer'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
DROP TRIGGER IF EXISTS document_state_is_of_it ON credentials_document_state;
CREATE TRIGGER document_state_is_of_it BEFORE INSERT ON credentials_document_state
    FOR EACH ROW EXECUTE FUNCTION sogoc_document_state_is_of_it();

REVOKE EXECUTE ON FUNCTION sogoc_document_is_of_a_line(), sogoc_edition_is_signed(),
    sogoc_document_state_is_of_it() FROM PUBLIC;
