-- Guards of proposed revocations: insert-only, under one's own name, confirmed by another person.
-- Idempotent; run as the owner of the tables.

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['credentials_revocation_proposal', 'credentials_revocation_end']
    LOOP
        EXECUTE format('DROP TRIGGER IF EXISTS revocation_insert_only ON %I', name);
        EXECUTE format(
            'CREATE TRIGGER revocation_insert_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %I'
            ' FOR EACH STATEMENT EXECUTE FUNCTION sogoc_refuse_change()', name);
        EXECUTE format('REVOKE ALL ON %I FROM PUBLIC, {{app_role}}', name);
        EXECUTE format('GRANT SELECT, INSERT ON %I TO {{app_role}}', name);
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('DROP POLICY IF EXISTS body_is_visible ON %I', name);
        EXECUTE format(
            'CREATE POLICY body_is_visible ON %I USING ((SELECT sogoc_sees_all())'
            ' OR organisation_id = ANY ((SELECT sogoc_orgs())::bigint[]))', name);
    END LOOP;
END
$$;
GRANT USAGE ON credentials_revocation_proposal_id_seq TO {{app_role}};

CREATE OR REPLACE FUNCTION sogoc_revocation_is_proposed() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.proposed_by = '' OR NEW.proposed_by <> sogoc_actor() THEN
        RAISE EXCEPTION 'a revocation is proposed under one''s own name'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
DROP TRIGGER IF EXISTS revocation_is_proposed ON credentials_revocation_proposal;
CREATE TRIGGER revocation_is_proposed BEFORE INSERT ON credentials_revocation_proposal
    FOR EACH ROW EXECUTE FUNCTION sogoc_revocation_is_proposed();

-- The primary key says: once. Who proposed may withdraw, and never confirms.
CREATE OR REPLACE FUNCTION sogoc_revocation_four_eyes() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.ended_by = '' OR NEW.ended_by <> sogoc_actor() OR NOT EXISTS (
        SELECT FROM credentials_revocation_proposal p
        WHERE p.id = NEW.proposal_id AND p.organisation_id = NEW.organisation_id
          AND (NEW.outcome = 'withdrawn' OR p.proposed_by <> NEW.ended_by))
    THEN
        RAISE EXCEPTION 'a revocation is confirmed by another person, under that person''s name'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'revocation_four_eyes';
    END IF;
    RETURN NEW;
END
$$;
REVOKE EXECUTE ON FUNCTION sogoc_revocation_four_eyes() FROM PUBLIC;
DROP TRIGGER IF EXISTS revocation_four_eyes ON credentials_revocation_end;
CREATE TRIGGER revocation_four_eyes BEFORE INSERT ON credentials_revocation_end
    FOR EACH ROW EXECUTE FUNCTION sogoc_revocation_four_eyes();
