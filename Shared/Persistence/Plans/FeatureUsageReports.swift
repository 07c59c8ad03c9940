public import DomainModel
public import Postgres

/// `igny8_feature_usage_reports`: what decisions of the gate say, by account, feature and period.
public enum FeatureUsageReports {
    /// Writes a period's findings in one statement, over those of an earlier run.
    public static func save(
        _ findings: [(account: Account.ID, finding: UsageFinding)],
        _ period: UsageFinding.Period,
        from first: CalendarDay,
        until end: CalendarDay,
        in queries: some PostgresQuerying
    ) async throws {
        if findings.isEmpty { return }
        try await queries.query(
            """
            insert into igny8_feature_usage_reports as report (account_id, period, period_start, period_end, feature,
                required_level, current_level, allowed, refused, plan, needed_plan, value, currency, is_open_now)
            select account, \(period.rawValue), \(first.postgres), \(end.postgres), feature, required, held, allowed,
                refused, plan, needed, value, currency, is_open
            from unnest(\(findings.map(\.account.rawValue)), \(findings.map(\.finding.feature.rawValue)),
                \(findings.map(\.finding.required)), \(findings.map(\.finding.current)),
                \(findings.map(\.finding.allowed)), \(findings.map(\.finding.refused)),
                \(findings.map(\.finding.plan.rawValue)), \(findings.map(\.finding.neededPlan?.rawValue)),
                \(findings.map(\.finding.value.numeric)), \(findings.map(\.finding.value.currency.code)),
                \(findings.map(\.finding.isOpenNow)))
                as given (account, feature, required, held, allowed, refused, plan, needed, value, currency, is_open)
            on conflict (account_id, period, period_start, feature, required_level, current_level) do update
            set allowed = excluded.allowed, refused = excluded.refused, plan = excluded.plan,
                needed_plan = excluded.needed_plan, value = excluded.value, currency = excluded.currency,
                is_open_now = excluded.is_open_now, created_at = igny8_now()
            """
        )
    }
}
