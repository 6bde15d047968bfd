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

-- A document is of a published original of its issuer, never made in the transaction that entered the
-- line: a checkpoint covers the leaf. Original, copy and supplement are of a line that stands. A sheet
-- is of lines of one book in their order, each of them under a checkpoint; it shows revoked ones as such.
CREATE OR REPLACE FUNCTION sogoc_document_is_of_a_line() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT FROM new_rows n
        LEFT JOIN credentials_register_line l ON l.id = n.line_id
        WHERE n.made_by <> sogoc_actor() OR l.id IS NULL OR l.act = 'revoke'
            OR l.issuer_id <> n.issuer_id
            OR (n.last_line_id IS NULL AND EXISTS (
                SELECT FROM credentials_register_line r
                WHERE r.ref_id = l.id AND r.act = 'revoke'))
            OR NOT EXISTS (
                SELECT FROM credentials_log_leaf f
                JOIN credentials_log_position p ON p.leaf_id = f.id
                WHERE f.leaf_hash = l.leaf_hash AND p.index < (
                    SELECT max(c.size) FROM credentials_log_checkpoint c WHERE c.stream = p.stream)))
    THEN
        RAISE EXCEPTION 'a document is made of a published line that stands'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'document_of_published_line';
    END IF;
    IF EXISTS (
        SELECT FROM new_rows n
        JOIN credentials_register_line f ON f.id = n.line_id
        LEFT JOIN credentials_register_line t ON t.id = n.last_line_id
        WHERE n.last_line_id IS NOT NULL AND (
            t.id IS NULL OR NOT f.is_live OR f.act <> 'issue' OR t.act <> 'issue'
            OR t.book_id <> f.book_id OR t.sequence < f.sequence OR length(n.content) <> 32
            OR EXISTS (
                SELECT FROM credentials_register_line l
                WHERE l.book_id = f.book_id AND l.is_live AND l.act = 'issue'
                    AND l.sequence BETWEEN f.sequence AND t.sequence
                    AND (n.role = 'page' OR (l.decision_number = f.decision_number
                        AND l.decision_date IS NOT DISTINCT FROM f.decision_date))
                    AND NOT EXISTS (
                        SELECT FROM credentials_log_leaf g
                        JOIN credentials_log_position p ON p.leaf_id = g.id
                        WHERE g.leaf_hash = l.leaf_hash AND p.index < (
                            SELECT max(c.size) FROM credentials_log_checkpoint c
                            WHERE c.stream = p.stream)))))
    THEN
        RAISE EXCEPTION 'a sheet is made of published lines of one live book, in their order'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'document_of_published_lines';
    END IF;
    RETURN NULL;
END
$$;
DROP TRIGGER IF EXISTS document_is_of_a_line ON credentials_document;
CREATE TRIGGER document_is_of_a_line AFTER INSERT ON credentials_document
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION sogoc_document_is_of_a_line();

-- A file is kept only with two signatures made from prepared requests about this very document:
-- a person's and a seal's. Of a revoked line nothing is signed, however long ago it was prepared.
CREATE OR REPLACE FUNCTION sogoc_edition_is_signed() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT FROM new_rows n
        JOIN credentials_document d ON d.id = n.document_id
        WHERE n.made_by <> sogoc_actor() OR n.issuer_id <> d.issuer_id OR length(n.sha256) <> 32
            OR (n.cause <> 'archive' AND d.last_line_id IS NULL AND EXISTS (
                SELECT FROM credentials_register_line v
                WHERE v.ref_id = d.line_id AND v.act = 'revoke'))
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
    -- two who change the status of one document wait for one another
    PERFORM pg_advisory_xact_lock(hashtextextended('document state ' || NEW.document_id, 0));
    IF EXISTS (SELECT FROM credentials_document_state s
               WHERE s.document_id = NEW.document_id AND s.state IN ('withdrawn', 'superseded'))
        OR (NEW.state = 'superseded' AND EXISTS (
            SELECT FROM credentials_document d WHERE d.id = NEW.document_id AND d.role = 'original'))
    THEN
        RAISE EXCEPTION 'nothing follows the end of a document; an original is never superseded'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'document_state_final';
    END IF;
    RETURN NEW;
END
$$;
DROP TRIGGER IF EXISTS document_state_is_of_it ON credentials_document_state;
CREATE TRIGGER document_state_is_of_it BEFORE INSERT ON credentials_document_state
    FOR EACH ROW EXECUTE FUNCTION sogoc_document_state_is_of_it();

REVOKE EXECUTE ON FUNCTION sogoc_document_is_of_a_line(), sogoc_edition_is_signed(),
    sogoc_document_state_is_of_it() FROM PUBLIC;
