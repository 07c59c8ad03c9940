extension Migration {
    /// Every migration, in order. A new file in `Migrations/` needs its line here; a test names the one that has none.
    /// (SwiftPM names an embedded file after itself, with `_` for the first digit and for the dot.)
    public static let all: [Migration] = [
        Migration(1, "roles", PackageResources._001_roles_sql),
        Migration(2, "context", PackageResources._002_context_sql),
        Migration(3, "business_clock", PackageResources._003_business_clock_sql),
        Migration(4, "helpers", PackageResources._004_helpers_sql),
        Migration(10, "plans", PackageResources._010_plans_sql),
        Migration(11, "accounts_users", PackageResources._011_accounts_users_sql),
        Migration(12, "industries_sites", PackageResources._012_industries_sites_sql),
        Migration(13, "access", PackageResources._013_access_sql),
        Migration(20, "core_integration", PackageResources._020_core_integration_sql),
        Migration(21, "core_blueprints", PackageResources._021_core_blueprints_sql),
        Migration(22, "core_planner", PackageResources._022_core_planner_sql),
        Migration(23, "core_writer", PackageResources._023_core_writer_sql),
        Migration(30, "managed_subscriptions", PackageResources._030_managed_subscriptions_sql),
        Migration(31, "delivery", PackageResources._031_delivery_sql),
        Migration(40, "catalogue", PackageResources._040_catalogue_sql),
        Migration(41, "payment_methods", PackageResources._041_payment_methods_sql),
        Migration(42, "invoices", PackageResources._042_invoices_sql),
        Migration(43, "invoice_rules", PackageResources._043_invoice_rules_sql),
        Migration(44, "payments", PackageResources._044_payments_sql),
        Migration(45, "webhooks_credits", PackageResources._045_webhooks_credits_sql),
        Migration(50, "ledger", PackageResources._050_ledger_sql),
        Migration(51, "audit", PackageResources._051_audit_sql),
        Migration(52, "emails", PackageResources._052_emails_sql),
        Migration(60, "jobs", PackageResources._060_jobs_sql),
        Migration(68, "job_indexes", PackageResources._068_job_indexes_sql),
        Migration(80, "simulations", PackageResources._080_simulations_sql),
        Migration(90, "catalogue_rows", PackageResources._090_catalogue_rows_sql),
        Migration(91, "industry_rows", PackageResources._091_industry_rows_sql),
    ]
}
