public import DomainModel
public import Postgres

/// `igny8_time_entries`: minutes of staff.
public enum TimeEntries {
    static let columns: SQL = """
        id, account_id, subscription_id, staff_id, minutes, worked_on, note, created_at, updated_at, revision
        """

    static func decode(_ row: PostgresRow) throws -> Stored<TimeEntry> {
        try Stored(
            TimeEntry(
                id: row.id("id"),
                accountID: row.id("account_id"),
                subscriptionID: row.id("subscription_id"),
                staffID: row.id("staff_id"),
                minutes: row.decode("minutes"),
                date: row.day("worked_on"),
                note: row.decode("note")
            ),
            row
        )
    }

    /// An entry, when the tenant may see it.
    public static func find(
        _ id: TimeEntry.ID,
        for tenant: Tenant,
        in queries: some PostgresQuerying
    ) async throws -> Stored<TimeEntry>? {
        try await queries.query(
            """
            select \(fragment: columns) from igny8_time_entries
            where id = \(id.rawValue) and \(fragment: tenant.owns())
            """
        ).first.map(decode)
    }

    /// A new entry.
    /// - Returns: nil when the subscription is not the tenant's.
    public static func create(
        subscription: ManagedSubscription.ID,
        staff: User.ID,
        minutes: Int,
        date: CalendarDay,
        note: String,
        createdBy: User.ID?,
        for tenant: Tenant,
        in queries: some PostgresQuerying
    ) async throws -> Stored<TimeEntry>? {
        try await queries.query(
            """
            insert into igny8_time_entries (account_id, subscription_id, staff_id, minutes, worked_on, note, created_by)
            select account_id, id, \(staff.rawValue), \(minutes), \(date.postgres), \(note), \(createdBy?.rawValue)
            from igny8_managed_service_subscriptions
            where id = \(subscription.rawValue) and \(fragment: tenant.owns())
            returning \(fragment: columns)
            """
        ).first.map(decode)
    }

    /// Saves minutes, day and note.
    /// - Throws: ``StaleRevision``.
    public static func save(_ entry: inout Stored<TimeEntry>, in queries: some PostgresQuerying) async throws {
        let rows = try await queries.query(
            """
            update igny8_time_entries
            set minutes = \(entry.minutes), worked_on = \(entry.date.postgres), note = \(entry.note)
            where id = \(entry.id.rawValue) and revision = \(entry.revision)
            returning revision, updated_at
            """
        )
        try entry.saved(rows, subject: "time_entry")
    }

    /// Deletes an entry.
    /// - Returns: whether there was one.
    @discardableResult
    public static func delete(
        _ id: TimeEntry.ID,
        for tenant: Tenant,
        in queries: some PostgresQuerying
    ) async throws -> Bool {
        try await queries.query(
            "delete from igny8_time_entries where id = \(id.rawValue) and \(fragment: tenant.owns())"
        ).affected > 0
    }
}
