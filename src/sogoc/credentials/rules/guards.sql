-- Guards of rule sets: insert-only but for one confirmation by another person. Run as the owner.

DROP TRIGGER IF EXISTS rule_set_never_goes ON credentials_rule_set_activation;
CREATE TRIGGER rule_set_never_goes BEFORE DELETE OR TRUNCATE ON credentials_rule_set_activation
    FOR EACH STATEMENT EXECUTE FUNCTION sogoc_refuse_change();

REVOKE ALL ON credentials_rule_set_activation FROM PUBLIC, {{app_role}};
GRANT SELECT, INSERT ON credentials_rule_set_activation TO {{app_role}};
GRANT UPDATE (confirmed_by, confirmed_at) ON credentials_rule_set_activation TO {{app_role}};
GRANT USAGE ON SEQUENCE credentials_rule_set_activation_id_seq TO {{app_role}};

CREATE OR REPLACE FUNCTION sogoc_rule_set_moves() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.proposed_by = '' OR NEW.proposed_by <> sogoc_actor() THEN
            RAISE EXCEPTION 'a rule set is proposed under one''s own name'
                USING ERRCODE = 'restrict_violation';
        END IF;
        IF NEW.is_first THEN
            -- the machine that makes a home, while nothing is there yet
            IF NEW.proposed_by NOT LIKE 'system:%' OR NEW.confirmed_by <> NEW.proposed_by
                OR NEW.confirmed_at IS NULL
                OR EXISTS (SELECT FROM credentials_rule_set_activation)
            THEN
                RAISE EXCEPTION 'the first rule set is put in force when a home is made'
                    USING ERRCODE = 'restrict_violation';
            END IF;
        ELSIF NEW.confirmed_by <> '' OR NEW.confirmed_at IS NOT NULL THEN
            RAISE EXCEPTION 'a rule set is proposed unconfirmed'
                USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF to_jsonb(NEW) - ARRAY['confirmed_by', 'confirmed_at']
            <> to_jsonb(OLD) - ARRAY['confirmed_by', 'confirmed_at']
        OR OLD.confirmed_by <> '' OR NEW.confirmed_by IN ('', OLD.proposed_by)
        OR NEW.confirmed_by <> sogoc_actor() OR NEW.confirmed_at IS NULL
    THEN
        RAISE EXCEPTION 'a rule set is confirmed once, by another person'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
DROP TRIGGER IF EXISTS rule_set_moves ON credentials_rule_set_activation;
CREATE TRIGGER rule_set_moves BEFORE INSERT OR UPDATE ON credentials_rule_set_activation
    FOR EACH ROW EXECUTE FUNCTION sogoc_rule_set_moves();
