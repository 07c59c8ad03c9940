/// What a request brought to prove who it is from: true as to who, not yet as to what that one may do today.
struct Credentials: Sendable, Equatable {
    enum Proof: Sendable, Equatable {
        case session(user: Int64, session: Int64)
        case key(hash: [UInt8])
    }

    let proof: Proof
    var isKey: Bool { if case .key = proof { true } else { false } }
    /// Whose rows the request asks for. For staff: the agency's own account.
    let accountID: Int64
    /// Whether the token was issued to staff.
    let isStaff: Bool
    /// For the audit: `user:12`, `api-key:4f…`.
    let actor: String
}
