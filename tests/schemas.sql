-- name: tables
SELECT n.nspname, c.relname
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = ANY (%(schemas)s) AND c.relkind = 'r'
ORDER BY 1, 2

-- name: restart_sequences
SELECT setval(c.oid::regclass, s.seqstart, false)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_sequence s ON s.seqrelid = c.oid
WHERE n.nspname = ANY (%(schemas)s)

-- name: shape
-- Schemas, tables with their columns, defaults, indexes, checks and triggers, functions, policies,
-- roles and rights. Objects that are made anew have other numbers, which is as well: what a test
-- dropped and made again is not what it was lent.
SELECT md5(string_agg(told, E'\n' ORDER BY told))
FROM (
    SELECT concat_ws(' ', 'schema', n.oid, n.nspname, n.nspowner, n.nspacl) AS told
    FROM pg_namespace n WHERE n.nspname = ANY (%(schemas)s)
    UNION ALL
    SELECT concat_ws(' ', 'class', c.oid, c.relname, c.relowner, c.relacl, c.relrowsecurity,
                     c.relforcerowsecurity, c.reloptions, c.relpersistence)
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = ANY (%(schemas)s)
    UNION ALL
    SELECT concat_ws(' ', 'column', a.attrelid, a.attname, a.atttypid, a.attnotnull, a.attacl,
                     pg_get_expr(d.adbin, d.adrelid))
    FROM pg_attribute a
    JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_attrdef d ON (d.adrelid, d.adnum) = (a.attrelid, a.attnum)
    WHERE n.nspname = ANY (%(schemas)s) AND a.attnum > 0 AND c.relkind = 'r'
    UNION ALL
    SELECT concat_ws(' ', 'constraint', o.oid, o.conname, o.convalidated)
    FROM pg_constraint o JOIN pg_namespace n ON n.oid = o.connamespace
    WHERE n.nspname = ANY (%(schemas)s)
    UNION ALL
    SELECT concat_ws(' ', 'trigger', t.oid, t.tgname, t.tgenabled)
    FROM pg_trigger t
    JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = ANY (%(schemas)s)
    UNION ALL
    SELECT concat_ws(' ', 'function', p.oid, p.proname, p.proowner, p.proacl, md5(p.prosrc))
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname = ANY (%(schemas)s)
    UNION ALL
    SELECT concat_ws(' ', 'policy', p.oid, p.polname, p.polroles, pg_get_expr(p.polqual, p.polrelid))
    FROM pg_policy p
    JOIN pg_class c ON c.oid = p.polrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = ANY (%(schemas)s)
    UNION ALL
    SELECT concat_ws(' ', 'role', r.oid, r.rolname, r.rolsuper, r.rolcanlogin, r.rolconfig)
    FROM pg_roles r WHERE r.rolname LIKE %(roles)s
    UNION ALL
    SELECT concat_ws(' ', 'member', m.roleid, m.member)
    FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.roleid WHERE r.rolname LIKE %(roles)s
    UNION ALL
    SELECT 'large' FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = ANY (%(schemas)s) AND c.relkind = 'r'
    HAVING sum(pg_relation_size(c.oid)) > %(most_bytes)s
) parts
