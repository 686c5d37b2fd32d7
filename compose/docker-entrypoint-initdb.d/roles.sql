-- The register's two roles: `owner` owns the database and migrates it, `school` serves.
--
-- The image runs this once, as the superuser `postgres`, in a new database. To change a password,
-- write its file and run this again.
DO $$
DECLARE
    -- Tests keep their secrets elsewhere.
    folder text := coalesce(current_setting('school.secrets', true), '/run/secrets');
    path text;
    password text;
    thing record;
BEGIN
    FOR thing IN SELECT unnest(ARRAY['owner', 'school']) AS role LOOP
        path := folder || '/' || thing.role || '_password';
        -- An editor ends the file with a line feed, which is no part of the password.
        password := regexp_replace(pg_read_file(path), '\r?\n$', '');
        IF password = '' THEN
            RAISE EXCEPTION 'there is no password in %', path;
        END IF;
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = thing.role) THEN
            EXECUTE format('CREATE ROLE %I', thing.role);
        END IF;
        EXECUTE format(
            'ALTER ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS '
            'PASSWORD %L', thing.role, password);
    END LOOP;

    EXECUTE format('ALTER DATABASE %I OWNER TO owner', current_database());
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO school', current_database());
    ALTER SCHEMA public OWNER TO owner;
    REVOKE ALL ON SCHEMA public FROM PUBLIC;
    FOR thing IN
        SELECT oid::regclass AS name FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
    LOOP
        EXECUTE format('ALTER TABLE %s OWNER TO owner', thing.name);
    END LOOP;
    FOR thing IN
        SELECT oid::regprocedure AS name FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    LOOP
        EXECUTE format('ALTER FUNCTION %s OWNER TO owner', thing.name);
    END LOOP;

    -- Without a password the superuser comes in from inside the container only. 10 is the role
    -- that initdb made.
    EXECUTE format('ALTER ROLE %I PASSWORD NULL', (SELECT rolname FROM pg_roles WHERE oid = 10));
END $$;
