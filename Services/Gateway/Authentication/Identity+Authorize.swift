import DomainModel
import Hummingbird

extension Identity {
    /// Who may call at all; what the plan opens is asked after it.
    /// - Throws: 403 when this caller may not use the route.
    func authorize(_ endpoint: Endpoint) throws(Problem) {
        guard accountStatus == .active else { throw .forbidden("The account is \(accountStatus.rawValue).") }
        if case .key = principal { try authorizeKey(endpoint) }
        switch endpoint.audience {
        case .public:
            return
        case .members(let needed):
            guard isStaff || role.includes(needed) else {
                throw .forbidden("This needs the role \(needed.rawValue); you are \(role.rawValue).")
            }
        case .staff(let needed):
            guard let staffRole, staffRole.includes(needed) else {
                throw .forbidden("This is for staff with the role \(needed.rawValue).")
            }
        }
    }

    private func authorizeKey(_ endpoint: Endpoint) throws(Problem) {
        guard let scope = endpoint.scope else { throw .forbidden("API keys may not be used here.") }
        guard scopes.contains(scope.rawValue) else {
            throw .forbidden("This key lacks the scope \(scope.rawValue).")
        }
    }
}
