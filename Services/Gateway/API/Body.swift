import DomainModel
import HTTPTypes

/// Reads members of a body that the schema has already accepted; a mismatch is a fault of ours, answered with 500.
extension JSON {
    func text(_ name: String) throws(Problem) -> String {
        guard let value = self[name]?.string else { throw .unexpected }
        return value
    }

    func number(_ name: String) throws(Problem) -> Int64 {
        guard let value = self[name]?.integer else { throw .unexpected }
        return value
    }

    func texts(_ name: String) -> [String]? {
        self[name]?.array?.compactMap(\.string)
    }

    /// Whether a merge patch says anything about a member, null included.
    func has(_ name: String) -> Bool { self[name] != nil }

    func email(_ name: String) throws(Problem) -> EmailAddress {
        guard let address = EmailAddress(try text(name)) else { throw .invalid(name, "an e-mail address") }
        return address
    }
}
