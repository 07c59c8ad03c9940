public import DomainModel
public import Postgres

/// `igny8_delivery_flags`: what is late or wrong; one open flag a subject and kind.
public enum DeliveryFlags {
    static let columns: SQL = """
        id, account_id, subscription_id, kind, subject_kind, subject_id, detail, since, cleared_at,
        since as created_at, updated_at, revision
        """

    static func decode(_ row: PostgresRow) throws -> Stored<DeliveryFlag> {
        try Stored(
            DeliveryFlag(
                id: row.id("id"),
                accountID: row.id("account_id"),
                subscriptionID: row.id(ifAny: "subscription_id"),
                subjectKind: row.decode("subject_kind"),
                subjectID: row.decode("subject_id"),
                kind: row.word("kind"),
                since: row.decode("since"),
                detail: row.decode("detail"),
                clearedAt: row.decode("cleared_at")
            ),
            row
        )
    }

    /// Raises a flag, or renews the detail of the one that is open.
    /// - Returns: whether it was raised now.
    @discardableResult
    public static func raise(
        _ kind: DeliveryFlagKind,
        on subject: FlagSubject,
        subscription: ManagedSubscription.ID?,
        account: Account.ID,
        detail: String,
        in queries: some PostgresQuerying
    ) async throws -> Bool {
        let rows = try await queries.query(
            """
            insert into igny8_delivery_flags as flag (account_id, subscription_id, kind, subject_kind, subject_id, detail)
            values (\(account.rawValue), \(subscription?.rawValue), \(kind.rawValue), \(subject.kind), \(subject.id),
                \(detail))
            on conflict (subject_kind, subject_id, kind) where cleared_at is null
                do update set detail = excluded.detail where flag.detail <> excluded.detail
            returning revision = 1 as is_new
            """
        )
        return try rows.first?.decode("is_new") ?? false
    }

    /// Clears an open flag.
    /// - Returns: whether there was one.
    @discardableResult
    public static func clear(
        _ kind: DeliveryFlagKind,
        on subject: FlagSubject,
        because reason: String,
        for tenant: Tenant,
        in queries: some PostgresQuerying
    ) async throws -> Bool {
        try await queries.query(
            """
            update igny8_delivery_flags set cleared_at = igny8_now(), cleared_reason = \(reason)
            where subject_kind = \(subject.kind) and subject_id = \(subject.id) and kind = \(kind.rawValue)
                and cleared_at is null and \(fragment: tenant.owns())
            """
        ).affected > 0
    }

    /// The open flags of some subscriptions, or of all, the oldest first.
    public static func open(
        of subscriptions: [ManagedSubscription.ID]? = nil,
        for tenant: Tenant,
        in queries: some PostgresQuerying
    ) async throws -> [Stored<DeliveryFlag>] {
        let chosen: SQL = subscriptions.map { "subscription_id = any(\($0.map(\.rawValue)))" } ?? "true"
        return try await queries.query(
            """
            select \(fragment: columns) from igny8_delivery_flags
            where cleared_at is null and \(fragment: chosen) and \(fragment: tenant.owns()) order by since, id
            """
        ).map(decode)
    }
}

/// What a flag stands on.
public struct FlagSubject: Hashable, Sendable {
    /// `managed_subscription`, `invoice`, `backlink`.
    public let kind: String
    /// The row.
    public let id: Int64

    /// Names a subject.
    public init(kind: String, id: Int64) {
        self.kind = kind
        self.id = id
    }

    /// A managed subscription.
    public static func subscription(_ id: ManagedSubscription.ID) -> FlagSubject {
        FlagSubject(kind: SubscriptionStatus.subject, id: id.rawValue)
    }

    /// A link.
    public static func backlink(_ id: Backlink.ID) -> FlagSubject {
        FlagSubject(kind: BacklinkStatus.subject, id: id.rawValue)
    }

    /// An order of links.
    public static func order(_ id: BacklinkOrder.ID) -> FlagSubject {
        FlagSubject(kind: BacklinkOrderStatus.subject, id: id.rawValue)
    }

    /// A dispute.
    public static func dispute(_ id: Dispute.ID) -> FlagSubject {
        FlagSubject(kind: DisputeStatus.subject, id: id.rawValue)
    }

    /// An invoice.
    public static func invoice(_ id: Invoice.ID) -> FlagSubject {
        FlagSubject(kind: InvoiceStatus.subject, id: id.rawValue)
    }
}
