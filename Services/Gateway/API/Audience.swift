import DomainModel

/// Who may call a route. `P`, `A` and `S` are the letters of the API's table.
enum Audience: Sendable, Hashable {
    /// Anyone, without signing in.
    case `public`
    /// Members of the account from this role up, on their own rows; and staff.
    case members(UserRole)
    /// Staff from this role up.
    case staff(StaffRole)

    static let anyone = Audience.members(.viewer)
    static let staff = Audience.staff(.accountManager)

    var letter: String {
        switch self {
        case .public: "P"
        case .members: "A"
        case .staff: "S"
        }
    }

    var sentence: String {
        switch self {
        case .public: "Public."
        case .members(let role): "Account members with the role \(role.rawValue) or higher, and staff."
        case .staff(let role): "Staff with the role \(role.rawValue)" + (role == .admin ? "." : " or higher.")
        }
    }
}
