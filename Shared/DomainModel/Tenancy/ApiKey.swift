public import Foundation

/// A key a client's program signs in with; only its hash is stored, the key itself is shown once.
public struct ApiKey: Sendable, Hashable, Identifiable {
    /// A key's id.
    public typealias ID = DomainModel.ID<ApiKey>

    /// The row's id.
    public let id: ID
    /// Whose data it opens.
    public let accountID: Account.ID
    /// What the client calls it.
    public var name: String
    /// The first characters, to recognise it by: `ig8_1a2b3c4d`.
    public let prefix: String
    /// What it may do.
    public var scopes: Set<ApiScope>
    /// When it stops; nil for never.
    public var expiresAt: Date?
    /// When it was revoked.
    public var revokedAt: Date?
    /// When it was last used, to the minute.
    public var lastUsedAt: Date?

    /// Makes a key from its row.
    public init(
        id: ID,
        accountID: Account.ID,
        name: String,
        prefix: String,
        scopes: Set<ApiScope>,
        expiresAt: Date?,
        revokedAt: Date?,
        lastUsedAt: Date?
    ) {
        self.id = id
        self.accountID = accountID
        self.name = name
        self.prefix = prefix
        self.scopes = scopes
        self.expiresAt = expiresAt
        self.revokedAt = revokedAt
        self.lastUsedAt = lastUsedAt
    }

    /// Whether it opens anything at a moment.
    public func isUsable(at moment: Date) -> Bool {
        revokedAt == nil && expiresAt.map { moment < $0 } ?? true
    }
}

/// What an API key may do: one thing in one part of the house.
public enum ApiScope: String, CaseIterable, Sendable, Codable {
    case sitesRead = "sites:read"
    case sitesWrite = "sites:write"
    case servicesRead = "services:read"
    case servicesWrite = "services:write"
    case contentRead = "content:read"
    case contentWrite = "content:write"
    case billingRead = "billing:read"
    case reportsRead = "reports:read"
    case importWrite = "import:write"

    /// Whether it changes anything; such scopes need the plan's `api_access` at `full`.
    public var isWrite: Bool { rawValue.hasSuffix(":write") }
}
