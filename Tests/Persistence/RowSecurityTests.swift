import DomainModel
import Persistence
import Postgres
import TestSupport
import Testing

@Suite("Row security") struct RowSecurityTests {
    /// Tables that belong to no account. Whoever adds one says so here.
    private static let global: Set<String> = [
        "igny8_audit_chains", "igny8_backlink_packages", "igny8_backlink_terms", "igny8_publishers",
        "igny8_publisher_imports", "igny8_publisher_records",
        "igny8_publisher_import_parts",
        "igny8_indexing_services", "igny8_indexing_batches",
        "igny8_business_clock", "igny8_credit_cost_configs",
        "igny8_credit_packages", "igny8_document_counters", "igny8_gateway_certificates", "igny8_feature_flags",
        "igny8_industries",
        "igny8_industry_sectors", "igny8_integration_providers", "igny8_job_limits", "igny8_leases",
        "igny8_ledger_accounts", "igny8_gated_features", "igny8_plan_feature_defaults",
        "igny8_link_tiers", "igny8_managed_tiers", "igny8_migrations", "igny8_monthly_totals",
        "igny8_niches", "igny8_payment_method_configs",
        "igny8_paused_tasks", "igny8_plans",
        "igny8_queues", "igny8_schedules",
        "igny8_seed_keywords", "igny8_simulations", "igny8_tax_rates", "igny8_unit_prices", "igny8_workers",
    ]

    /// Tenant tables that the policy does not protect: none has it enabled, forced, with USING and WITH CHECK on the account.
    private static func unprotected(_ database: some PostgresQuerying) async throws -> [String] {
        try await database.query(
            """
            select class.relname::text as name
            from pg_class class
            where class.relnamespace = 'public'::regnamespace and class.relkind in ('r', 'p') and not class.relispartition
                and class.relname <> all(\(Array(global)))
                and not (class.relrowsecurity and class.relforcerowsecurity and exists (
                    select from pg_policy policy
                    where policy.polrelid = class.oid and policy.polcmd = '*' and policy.polpermissive
                        and pg_get_expr(policy.polqual, policy.polrelid) ~ 'igny8_scope\\(\\).*igny8_account\\(\\)'
                        and pg_get_expr(policy.polwithcheck, policy.polrelid) ~ 'igny8_scope\\(\\).*igny8_account\\(\\)'))
            order by 1
            """
        ).map { row in try row.decode("name") }
    }

    @Test("every tenant table has it enabled and forced, for reading and writing")
    func everyTable() async throws {
        try await TestDatabase.withDatabase(.migrated) { test in
            let unprotected = try await Self.unprotected(test.owner)
            #expect(unprotected == [])
        }
    }

    @Test("dropping one policy turns that red", arguments: ["igny8_sites", "igny8_ledger_lines"])
    func droppedPolicy(table: String) async throws {
        try await TestDatabase.withDatabase(.migrated) { test in
            try await test.owner.query("drop policy tenant on \(identifier: table)")
            #expect(try await Self.unprotected(test.owner) == [table])
        }
    }

    @Test("a table that is not forced turns that red")
    func notForced() async throws {
        try await TestDatabase.withDatabase(.migrated) { test in
            try await test.owner.query("alter table igny8_users no force row level security")
            #expect(try await Self.unprotected(test.owner) == ["igny8_users"])
        }
    }

    @Test("no table with an account counts as global")
    func globalTablesHaveNoAccount() async throws {
        try await TestDatabase.withDatabase(.migrated) { test in
            let rows = try await test.owner.query(
                """
                select table_name::text as name from information_schema.columns
                where table_schema = 'public' and column_name = 'account_id' and table_name = any(\(Array(Self.global)))
                """
            )
            #expect(rows.isEmpty)
        }
    }

    @Test("the services' role is no owner, no superuser, and cannot go round it")
    func serviceRole() async throws {
        try await TestDatabase.withDatabase(.migrated) { test in
            let role = try await test.service.query(
                """
                select rolsuper or rolbypassrls or rolcreaterole or rolcreatedb as powerful, rolname::text as name,
                    pg_has_role('igny8_owner', 'member') as owner,
                    (select count(*) from pg_class where relowner = pg_roles.oid) as owned
                from pg_roles where rolname = current_user
                """
            ).first
            #expect(try role?.decode("name") == "igny8_service")
            #expect(try role?.decode("powerful") == false)
            #expect(try role?.decode("owner") == false)
            #expect(try role?.decode("owned") == 0)
        }
    }

    @Test(
        "the read-only role sees no secret and writes nothing",
        arguments: [
            "select password_hash from igny8_users", "select from igny8_api_keys", "select from igny8_sessions",
            "select from igny8_session_tokens", "select from igny8_password_resets", "select from igny8_data_keys",
            "select credentials from igny8_site_integrations", "select token_hash from igny8_approvals",
            "select from igny8_idempotency_keys", "select secret from igny8_webhook_endpoints",
            "select api_key from igny8_ahrefs_connections", "select code from igny8_search_console_consents",
            "update igny8_plans set price = 0", "delete from igny8_sites",
            "insert into igny8_document_counters values ('IG', 'invoice', 2026, 1)",
        ]
    )
    func readOnlyRole(statement: String) async throws {
        try await TestDatabase.withDatabase(.migrated) { test in
            let error = await failure {
                try await test.superuser { superuser in
                    try await superuser.transaction { tx in
                        try await tx.query("set local role igny8_readonly")
                        try await tx.query(SQL(unsafeRaw: statement))
                    }
                }
            }
            #expect(state(of: error) == .insufficientPrivilege)
        }
    }

    @Test("without a context there are no rows, in any tenant table")
    func withoutContext() async throws {
        try await Fixture.with { fixture in
            let tables = try await tenantTables(fixture.test.owner)
            #expect(tables.count > 40)
            for table in tables {
                let rows = try await fixture.test.service.query("select from \(identifier: table) limit 1")
                #expect(rows.isEmpty, "\(table)")
            }
        }
    }

    @Test("in an account's context, every visible row is that account's, in any tenant table")
    func accountContext() async throws {
        try await Fixture.with { fixture in
            for table in try await tenantTables(fixture.test.owner) {
                let column = table == "igny8_accounts" ? "id" : "account_id"
                // Where rows belong to no account and are protected all the same, an account sees none.
                let foreign: SQL =
                    Self.global.contains(table)
                    ? "true" : "\(identifier: column) is distinct from \(fixture.one.account.id.rawValue)"
                let rows = try await fixture.store.batch(
                    as: fixture.one.tenant,
                    actor: "test",
                    ["select from \(identifier: table) where \(fragment: foreign)"]
                )
                #expect(rows[0].isEmpty, "\(table)")
            }
        }
    }

    @Test("the context ends with its transaction")
    func contextEnds() async throws {
        try await Fixture.with { fixture in
            try await fixture.store.transaction(as: Fixture.system, actor: "test") { tx in
                let rows = try await tx.query("select from igny8_accounts")
                #expect(rows.count == 2)
            }
            for _ in 0..<8 {
                let rows = try await fixture.test.service.transaction { tx in
                    try await tx.query("select from igny8_accounts")
                }
                #expect(rows.isEmpty)
            }
        }
    }

    @Test("an account that is set without the scope opens nothing")
    func accountWithoutScope() async throws {
        try await Fixture.with { fixture in
            let id = String(fixture.one.account.id.rawValue)
            let rows = try await fixture.test.service.batch(
                ["select from igny8_sites"],
                settings: [PostgresSetting("igny8.account", id)]
            )
            #expect(rows[0].isEmpty)
        }
    }

    private func tenantTables(_ database: some PostgresQuerying) async throws -> [String] {
        try await database.query(
            """
            select relname::text as name from pg_class
            where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and relrowsecurity
                and not relispartition order by 1
            """
        ).map { row in try row.decode("name") }
    }
}
