-- The second schema. Objects that users do not call are in esn_internal, where only the owner may
-- create objects. Functions that run with another role's rights look names up in pg_catalog and
-- there, and qualify the names of objects in the user's schema.

CREATE SCHEMA esn_internal;
REVOKE ALL ON SCHEMA esn_internal FROM PUBLIC;
COMMENT ON SCHEMA esn_internal IS 'What esn_pulse needs and users do not call.';

-- For the rest of this script only: names are looked up in both, and created in the user's schema.
SET LOCAL search_path = @extschema@, esn_internal;
