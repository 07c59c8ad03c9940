public import Foundation
import Postgres

/// A value as it was read, with what its row knows beside it.
@dynamicMemberLookup
public struct Stored<Value: Sendable>: Sendable {
    /// The entity.
    public var value: Value
    /// How often the row was changed, from 1; an `ETag` is made of it, and a save asks for it.
    public internal(set) var revision: Int64
    /// Business time of its making.
    public let createdAt: Date
    /// Business time of its last change.
    public internal(set) var updatedAt: Date

    /// Pairs an entity with its row's marks.
    public init(_ value: Value, revision: Int64, createdAt: Date, updatedAt: Date) {
        self.value = value
        self.revision = revision
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }

    /// The entity's own members.
    public subscript<Member>(dynamicMember path: KeyPath<Value, Member>) -> Member { value[keyPath: path] }

    /// The entity's own members, to change them.
    public subscript<Member>(dynamicMember path: WritableKeyPath<Value, Member>) -> Member {
        get { value[keyPath: path] }
        set { value[keyPath: path] = newValue }
    }
}

extension Stored: Equatable where Value: Equatable {}
extension Stored: Hashable where Value: Hashable {}

/// The row was changed or deleted by somebody else since it was read; the API answers 412.
public struct StaleRevision: Error, Hashable, CustomStringConvertible {
    /// What was to be saved: `managed_subscription`.
    public let subject: String

    /// Names what was to be saved.
    public init(subject: String) { self.subject = subject }

    /// One sentence.
    public var description: String { "The \(subject) was changed by somebody else since it was read." }
}

extension Stored {
    /// Reads a row whose last columns are those of ``marks``.
    init(_ value: Value, _ row: PostgresRow) throws(PostgresError) {
        self.init(
            value,
            revision: try row.decode("revision"),
            createdAt: try row.decode("created_at"),
            updatedAt: try row.decode("updated_at")
        )
    }

    /// Takes over what an `update … returning revision, updated_at` gave.
    /// - Throws: ``StaleRevision`` when it changed no row.
    mutating func saved(_ rows: PostgresRows, subject: String) throws {
        guard let row = rows.first else { throw StaleRevision(subject: subject) }
        try saved(row)
    }

    /// Takes over one such row.
    mutating func saved(_ row: PostgresRow) throws {
        revision = try row.decode("revision")
        updatedAt = try row.decode("updated_at")
    }
}

/// Whether the rows that are read are to be held until the transaction ends.
public enum RowLock: Sendable {
    /// Not held.
    case none
    /// Held against other writers; readers and foreign keys pass.
    case forUpdate

    var clause: SQL {
        switch self {
        case .none: ""
        case .forUpdate: " for no key update"
        }
    }
}
