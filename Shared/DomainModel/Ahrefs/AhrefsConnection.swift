public import Foundation

/// An account's own key to Ahrefs, as far as anybody but the worker may know it.
public struct AhrefsConnection: Sendable, Hashable, Identifiable {
    /// A connection's id.
    public typealias ID = DomainModel.ID<AhrefsConnection>

    /// The row's id.
    public let id: ID
    /// Whose it is; one an account.
    public let accountID: Account.ID
    /// Grows with each key: what was learned about the one before does not count.
    public let keyVersion: Int
    /// Whether it can be used.
    public var status: AhrefsConnectionStatus
    /// What the key's subscription is; nil while nobody knows.
    public var plan: AhrefsPlan?
    /// Units that the key gives between two resets; nil: without limit, or not asked yet.
    public var creditsLimit: Int?
    /// Units that are left of them.
    public var creditsRemaining: Int?
    /// When they are given anew.
    public var creditsResetAt: Date?
    /// When the key ends.
    public var keyExpiresAt: Date?
    /// What the account wants to spend a month at most; nil: whatever the key has.
    public var monthlyUnits: Int?
    /// Why it is not active.
    public var lastError: String?

    /// Makes a connection from its row.
    public init(
        id: ID,
        accountID: Account.ID,
        keyVersion: Int,
        status: AhrefsConnectionStatus,
        plan: AhrefsPlan? = nil,
        creditsLimit: Int? = nil,
        creditsRemaining: Int? = nil,
        creditsResetAt: Date? = nil,
        keyExpiresAt: Date? = nil,
        monthlyUnits: Int? = nil,
        lastError: String? = nil
    ) {
        self.id = id
        self.accountID = accountID
        self.keyVersion = keyVersion
        self.status = status
        self.plan = plan
        self.creditsLimit = creditsLimit
        self.creditsRemaining = creditsRemaining
        self.creditsResetAt = creditsResetAt
        self.keyExpiresAt = keyExpiresAt
        self.monthlyUnits = monthlyUnits
        self.lastError = lastError
    }

    /// The most rows that one request gives.
    public var rowsPerRequest: Int { plan?.rowsPerRequest ?? AhrefsPlan.lite.rowsPerRequest }
}

/// Where a connection stands (spec 2, with `testing` for a key that no test has spoken about yet).
public enum AhrefsConnectionStatus: String, StateMachine {
    /// The key is new; a job asks Ahrefs about it.
    case testing
    /// It works.
    case active
    /// It worked, and does no longer.
    case expired
    /// It never worked.
    case error

    /// The named changes.
    public enum Transition: String, CaseIterable, Sendable {
        /// Ahrefs takes the key.
        case accept
        /// Ahrefs refuses the key.
        case refuse
        /// The account gives another key.
        case replace
    }

    /// In errors and audit events.
    public static let subject = "ahrefs_connection"

    /// The table.
    public func target(of transition: Transition) -> AhrefsConnectionStatus? {
        switch (self, transition) {
        case (_, .accept): .active
        case (.testing, .refuse), (.error, .refuse): .error
        case (.active, .refuse), (.expired, .refuse): .expired
        case (_, .replace): .testing
        }
    }
}

/// What Ahrefs sells, as far as it limits an answer (spec 5.1, "Plan cap on rows per request").
public enum AhrefsPlan: String, CaseIterable, Sendable, Codable {
    case lite
    case standard
    case advanced
    case enterprise

    /// The most rows of one request. Enterprise has no limit; a thousand is what Ahrefs gives unless asked for more.
    public var rowsPerRequest: Int {
        switch self {
        case .lite: 100
        case .standard: 250
        case .advanced: 500
        case .enterprise: 1_000
        }
    }

    /// The plan in a subscription's name, such as `Lite, billed monthly`.
    public init?(subscription: String) {
        let words = subscription.lowercased()
        guard let plan = Self.allCases.last(where: { words.contains($0.rawValue) }) else { return nil }
        self = plan
    }
}
