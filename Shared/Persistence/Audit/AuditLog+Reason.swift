public import DomainModel
public import Postgres

extension AuditLog {
    /// Why a subscription was last paused, resumed or otherwise changed in that way; nil when it never was.
    public static func lastReason(
        of action: AuditAction,
        on subscription: ManagedSubscription.ID,
        for tenant: Tenant,
        in queries: some PostgresQuerying
    ) async throws -> String? {
        try await queries.query(
            """
            select reason from igny8_audit_events
            where subscription_id = \(subscription.rawValue) and subject_kind = \(SubscriptionStatus.subject)
                and action = \(action.rawValue) and \(fragment: tenant.owns())
            order by id desc limit 1
            """
        ).first.map { row in try row.decode("reason") }
    }
}
