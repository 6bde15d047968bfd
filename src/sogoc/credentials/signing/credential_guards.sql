-- Guards of signed credentials and of papers between their signatures. Idempotent; run as the owner.

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['credentials_paused_paper', 'credentials_credential_request',
        'credentials_made_credential']
    LOOP
        EXECUTE format('DROP TRIGGER IF EXISTS signing_insert_only ON %I', name);
        EXECUTE format(
            'CREATE TRIGGER signing_insert_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %I'
            ' FOR EACH STATEMENT EXECUTE FUNCTION sogoc_refuse_change()', name);
        EXECUTE format('REVOKE ALL ON %I FROM PUBLIC, {{app_role}}', name);
        EXECUTE format('GRANT SELECT, INSERT ON %I TO {{app_role}}', name);
    END LOOP;
    FOREACH name IN ARRAY ARRAY['credentials_paused_paper', 'credentials_credential_request']
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('DROP POLICY IF EXISTS issuer_is_visible ON %I', name);
        EXECUTE format(
            'CREATE POLICY issuer_is_visible ON %I'
            ' USING ((SELECT sogoc_sees_all()) OR issuer_id = ANY ((SELECT sogoc_orgs())::bigint[]))',
            name);
    END LOOP;
END
$$;

-- A paper pauses for a device elsewhere, while it has not ended; what waits for the seal bears a
-- signature of the same paper. A line as XML is of that line alone, which is no revocation.
CREATE OR REPLACE FUNCTION sogoc_paper_is_paused() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT FROM new_rows n
        JOIN credentials_signature_request r ON r.id = n.request_id
        JOIN credentials_signing_key k ON k.id = r.key_id
        LEFT JOIN credentials_document d ON d.number = r.subject
        WHERE n.made_by <> sogoc_actor() OR k.provider <> 'remote' OR k.purpose <> n.stage
            OR length(n.page_sha256) <> 32
            OR (n.form = 'pdf' AND (d.id IS NULL OR d.issuer_id <> n.issuer_id
                OR d.line_id IS DISTINCT FROM r.line_id
                OR EXISTS (SELECT FROM credentials_document_state s
                           WHERE s.document_id = d.id AND s.state IN ('withdrawn', 'superseded'))))
            OR (n.form = 'xml' AND NOT EXISTS (
                SELECT FROM credentials_register_line l
                WHERE l.id = r.line_id AND l.issuer_id = n.issuer_id AND l.act <> 'revoke'
                    AND r.subject = 'xml ' || l.code))
            OR (n.form = 'pdf' AND n.stage = 'seal' AND NOT EXISTS (
                SELECT FROM credentials_signature_request p
                JOIN credentials_made_signature m ON m.request_id = p.id
                JOIN credentials_signing_key q ON q.id = p.key_id
                WHERE p.token = n.person_token AND p.subject = r.subject
                    AND q.purpose = 'person')))
    THEN
        RAISE EXCEPTION 'a paper pauses for a key elsewhere, of a document that is there'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'paused_paper_fits';
    END IF;
    RETURN NULL;
END
$$;
DROP TRIGGER IF EXISTS paper_is_paused ON credentials_paused_paper;
CREATE TRIGGER paper_is_paused AFTER INSERT ON credentials_paused_paper
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION sogoc_paper_is_paused();

-- A credential is prepared under one's own name, of an original of that issuer that stands.
CREATE OR REPLACE FUNCTION sogoc_credential_is_prepared() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT FROM new_rows n
        LEFT JOIN credentials_register_line l ON l.id = n.line_id
        WHERE n.prepared_by = '' OR n.prepared_by <> sogoc_actor() OR length(n.digest) <> 32
            OR l.id IS NULL OR l.act = 'revoke' OR l.issuer_id <> n.issuer_id
            OR EXISTS (SELECT FROM credentials_register_line r
                       WHERE r.ref_id = l.id AND r.act = 'revoke'))
    THEN
        RAISE EXCEPTION 'a credential is prepared of an original that stands, under one''s own name'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'credential_request_fits';
    END IF;
    RETURN NULL;
END
$$;
DROP TRIGGER IF EXISTS credential_is_prepared ON credentials_credential_request;
CREATE TRIGGER credential_is_prepared AFTER INSERT ON credentials_credential_request
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION sogoc_credential_is_prepared();

-- It is made from its request within the hour; the primary key says: once.
CREATE OR REPLACE FUNCTION sogoc_credential_is_made() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT FROM new_rows n
        LEFT JOIN credentials_credential_request r ON r.id = n.request_id
        WHERE r.id IS NULL OR n.signed_by = '' OR n.signed_by <> sogoc_actor()
            OR length(n.signature) <> 64
            OR n.signed_at < r.prepared_at OR n.signed_at >= r.prepared_at + interval '1 hour')
    THEN
        RAISE EXCEPTION 'a credential is signed from its request, in time'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'made_credential_in_time';
    END IF;
    RETURN NULL;
END
$$;
DROP TRIGGER IF EXISTS credential_is_made ON credentials_made_credential;
CREATE TRIGGER credential_is_made AFTER INSERT ON credentials_made_credential
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION sogoc_credential_is_made();

REVOKE EXECUTE ON FUNCTION sogoc_paper_is_paused(), sogoc_credential_is_prepared(),
    sogoc_credential_is_made() FROM PUBLIC;
