-- Guards of withdrawals of overrides. Idempotent; run as the owner role.

DROP TRIGGER IF EXISTS override_insert_only ON credentials_override_withdrawal;
CREATE TRIGGER override_insert_only BEFORE UPDATE OR DELETE OR TRUNCATE
    ON credentials_override_withdrawal
    FOR EACH STATEMENT EXECUTE FUNCTION sogoc_refuse_change();

REVOKE ALL ON credentials_override_withdrawal FROM PUBLIC, {{app_role}};
GRANT SELECT, INSERT ON credentials_override_withdrawal TO {{app_role}};

-- Under one's own name, and never for a day before the one it is recorded on.
CREATE OR REPLACE FUNCTION sogoc_override_is_withdrawn() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.withdrawn_by = '' OR NEW.withdrawn_by <> sogoc_actor() THEN
        RAISE EXCEPTION 'an override is withdrawn under one''s own name'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.withdrawn_from < (NEW.withdrawn_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date THEN
        RAISE EXCEPTION 'an override is not withdrawn for days gone by'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'override_withdrawal_not_backdated';
    END IF;
    IF EXISTS (SELECT FROM credentials_override_confirmation c
        WHERE c.override_id = NEW.override_id AND c.confirmed_at > NEW.withdrawn_at)
    THEN
        RAISE EXCEPTION 'an override is not withdrawn before it was confirmed'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
DROP TRIGGER IF EXISTS override_is_withdrawn ON credentials_override_withdrawal;
CREATE TRIGGER override_is_withdrawn BEFORE INSERT ON credentials_override_withdrawal
    FOR EACH ROW EXECUTE FUNCTION sogoc_override_is_withdrawn();

-- What was withdrawn is confirmed no more.
CREATE OR REPLACE FUNCTION sogoc_override_still_stands() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM credentials_override_withdrawal w
        WHERE w.override_id = NEW.override_id)
    THEN
        RAISE EXCEPTION 'an override that was withdrawn is not confirmed'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'override_still_stands';
    END IF;
    RETURN NEW;
END
$$;
DROP TRIGGER IF EXISTS override_still_stands ON credentials_override_confirmation;
CREATE TRIGGER override_still_stands BEFORE INSERT ON credentials_override_confirmation
    FOR EACH ROW EXECUTE FUNCTION sogoc_override_still_stands();

-- A batch that relies on an override issues nothing dated from its withdrawal on.
CREATE OR REPLACE FUNCTION sogoc_batch_overrides_stand() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT FROM credentials_override o
        JOIN credentials_override_withdrawal w ON w.override_id = o.id
        WHERE o.number = ANY (NEW.rulings) AND w.withdrawn_from <= NEW.act_date)
    THEN
        RAISE EXCEPTION 'an override this batch relies on was withdrawn'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'batch_overrides_stand';
    END IF;
    RETURN NEW;
END
$$;
DROP TRIGGER IF EXISTS batch_overrides_stand ON credentials_batch;
CREATE TRIGGER batch_overrides_stand BEFORE UPDATE OF state ON credentials_batch
    FOR EACH ROW WHEN (NEW.state = 'issued' AND OLD.state <> 'issued')
    EXECUTE FUNCTION sogoc_batch_overrides_stand();
