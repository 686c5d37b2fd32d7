-- An older release made `owner` a superuser, with the password of `school`. This makes of its
-- database what a new one is: docs/ru/administration.md says how to run it. It may be run again
-- if it fails.
\set ON_ERROR_STOP on
-- Nobody renames the role that they are, and the first superuser cannot become a lesser role.
SELECT 'CREATE ROLE upgrading SUPERUSER LOGIN'
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'upgrading') \gexec
\connect - upgrading
BEGIN;
ALTER ROLE owner RENAME TO postgres;
\include_relative docker-entrypoint-initdb.d/roles.sql
COMMIT;
\connect - postgres
DROP ROLE upgrading;
