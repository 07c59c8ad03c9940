public import DomainModel
public import Postgres

/// For whom a query or a transaction runs. It is asked for everywhere and has no default, so nothing runs across
/// accounts by omission.
public enum Tenant: Hashable, Sendable {
    /// One account's own rows; row security hides all others.
    case account(Account.ID)
    /// Every account's rows, for staff and system jobs. The reason is for the reader and the log.
    case system(reason: String)

    /// The account, if it is one's.
    public var accountID: Account.ID? {
        if case .account(let id) = self { id } else { nil }
    }

    /// The settings that row security reads, for one transaction.
    public func settings(actor: String) -> [PostgresSetting] {
        switch self {
        case .account(let id):
            [
                PostgresSetting("igny8.scope", "account"),
                PostgresSetting("igny8.account", String(id.rawValue)),
                PostgresSetting("igny8.actor", actor),
            ]
        case .system:
            [
                PostgresSetting("igny8.scope", "system"),
                PostgresSetting("igny8.account", ""),
                PostgresSetting("igny8.actor", actor),
            ]
        }
    }

    /// The condition every statement carries beside row security: the tenant in code as well.
    /// - Parameter column: `account_id`, or qualified.
    public func owns(_ column: String = "account_id") -> SQL {
        switch self {
        case .account(let id): SQL(unsafeRaw: column) + " = \(id.rawValue)"
        case .system: "true"
        }
    }
}
