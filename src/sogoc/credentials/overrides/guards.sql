-- Guards of overrides. Idempotent; run as the owner role.

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['credentials_override', 'credentials_override_confirmation']
    LOOP
        EXECUTE format('DROP TRIGGER IF EXISTS override_insert_only ON %I', name);
        EXECUTE format(
            'CREATE TRIGGER override_insert_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %I'
            ' FOR EACH STATEMENT EXECUTE FUNCTION sogoc_refuse_change()', name);
    END LOOP;
END
$$;

REVOKE ALL ON credentials_override, credentials_override_confirmation FROM PUBLIC, {{app_role}};
GRANT SELECT, INSERT ON credentials_override, credentials_override_confirmation TO {{app_role}};

-- Proposed under one's own name; confirmed by another person, under that one's.
CREATE OR REPLACE FUNCTION sogoc_override_is_proposed() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.proposed_by = '' OR NEW.proposed_by <> sogoc_actor() THEN
        RAISE EXCEPTION 'an override is proposed under one''s own name'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
DROP TRIGGER IF EXISTS override_is_proposed ON credentials_override;
CREATE TRIGGER override_is_proposed BEFORE INSERT ON credentials_override
    FOR EACH ROW EXECUTE FUNCTION sogoc_override_is_proposed();

CREATE OR REPLACE FUNCTION sogoc_override_four_eyes() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.confirmed_by = '' OR NEW.confirmed_by <> sogoc_actor() OR EXISTS (
        SELECT FROM credentials_override o
        WHERE o.id = NEW.override_id AND o.proposed_by = NEW.confirmed_by)
    THEN
        RAISE EXCEPTION 'an override is confirmed by another person, under that person''s name'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'override_four_eyes';
    END IF;
    RETURN NEW;
END
$$;
DROP TRIGGER IF EXISTS override_four_eyes ON credentials_override_confirmation;
CREATE TRIGGER override_four_eyes BEFORE INSERT ON credentials_override_confirmation
    FOR EACH ROW EXECUTE FUNCTION sogoc_override_four_eyes();
