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
-- roles and rights, all by what they are: tables that were made anew, as a rebuild does, are as good.
SELECT md5(string_agg(told, E'\n' ORDER BY told))
FROM (
    SELECT concat_ws(' ', 'schema', n.nspname, n.nspowner, n.nspacl) AS told
    FROM pg_namespace n WHERE n.nspname = ANY (%(schemas)s)
    UNION ALL
    SELECT concat_ws(' ', 'class', n.nspname, c.relname, c.relkind, c.relowner, c.relacl,
                     c.relrowsecurity, c.relforcerowsecurity, c.reloptions, c.relpersistence,
                     CASE WHEN c.relkind = 'i' THEN pg_get_indexdef(c.oid) END)
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = ANY (%(schemas)s)
    UNION ALL
    SELECT concat_ws(' ', 'column', n.nspname, c.relname, a.attnum, a.attname, a.atttypid,
                     a.attnotnull, a.attacl, pg_get_expr(d.adbin, d.adrelid))
    FROM pg_attribute a
    JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_attrdef d ON (d.adrelid, d.adnum) = (a.attrelid, a.attnum)
    WHERE n.nspname = ANY (%(schemas)s) AND a.attnum > 0 AND c.relkind = 'r'
    UNION ALL
    SELECT concat_ws(' ', 'constraint', c.relname, o.conname, o.convalidated,
                     pg_get_constraintdef(o.oid))
    FROM pg_constraint o JOIN pg_namespace n ON n.oid = o.connamespace
    LEFT JOIN pg_class c ON c.oid = o.conrelid
    WHERE n.nspname = ANY (%(schemas)s)
    UNION ALL
    SELECT concat_ws(' ', 'trigger', c.relname, t.tgenabled, pg_get_triggerdef(t.oid))
    FROM pg_trigger t
    JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = ANY (%(schemas)s)
    UNION ALL
    SELECT concat_ws(' ', 'function', p.oid::regprocedure, p.proowner, p.proacl, md5(p.prosrc))
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname = ANY (%(schemas)s)
    UNION ALL
    SELECT concat_ws(' ', 'policy', c.relname, p.polname, p.polcmd, p.polroles,
                     pg_get_expr(p.polqual, p.polrelid))
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
