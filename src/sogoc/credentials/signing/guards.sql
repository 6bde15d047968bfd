-- Guards of keys and signatures. Idempotent; run as the owner role.

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['credentials_signing_key', 'credentials_signing_key_end',
        'credentials_signature_request', 'credentials_made_signature']
    LOOP
        EXECUTE format('DROP TRIGGER IF EXISTS signing_insert_only ON %I', name);
        EXECUTE format(
            'CREATE TRIGGER signing_insert_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %I'
            ' FOR EACH STATEMENT EXECUTE FUNCTION sogoc_refuse_change()', name);
        EXECUTE format('REVOKE ALL ON %I FROM PUBLIC, {{app_role}}', name);
        EXECUTE format('GRANT SELECT, INSERT ON %I TO {{app_role}}', name);
    END LOOP;
END
$$;

-- A signature is prepared under one's own name, with a key that serves that day.
CREATE OR REPLACE FUNCTION sogoc_signature_is_prepared() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT FROM new_rows n JOIN credentials_signing_key k ON k.id = n.key_id
        WHERE n.prepared_by = '' OR n.prepared_by <> sogoc_actor()
            OR length(n.digest) <> 32 OR n.prepared_at < k.valid_from
            OR EXISTS (SELECT FROM credentials_signing_key_end e
                       WHERE e.key_id = k.id AND e.ended_at <= n.prepared_at))
    THEN
        RAISE EXCEPTION 'a signature is prepared under one''s own name with a key that serves'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'signature_request_key_serves';
    END IF;
    RETURN NULL;
END
$$;
DROP TRIGGER IF EXISTS signature_is_prepared ON credentials_signature_request;
CREATE TRIGGER signature_is_prepared AFTER INSERT ON credentials_signature_request
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION sogoc_signature_is_prepared();

-- It is made before it lapses, by a key that still serves; the primary key says: once.
CREATE OR REPLACE FUNCTION sogoc_signature_is_made() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT FROM new_rows n JOIN credentials_signature_request r ON r.id = n.request_id
        WHERE n.signed_by = '' OR n.signed_by <> sogoc_actor()
            OR n.signed_at < r.prepared_at OR n.signed_at >= r.expires_at
            OR EXISTS (SELECT FROM credentials_signing_key_end e
                       WHERE e.key_id = r.key_id AND e.ended_at <= n.signed_at))
    THEN
        RAISE EXCEPTION 'a signature is made from a request that stands'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'made_signature_in_time';
    END IF;
    RETURN NULL;
END
$$;
DROP TRIGGER IF EXISTS signature_is_made ON credentials_made_signature;
CREATE TRIGGER signature_is_made AFTER INSERT ON credentials_made_signature
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION sogoc_signature_is_made();

REVOKE EXECUTE ON FUNCTION sogoc_signature_is_prepared(), sogoc_signature_is_made() FROM PUBLIC;
