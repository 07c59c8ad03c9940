public import FoundationEssentials

extension UUID: PostgresCodable {
    /// `uuid`.
    public static var postgresType: PostgresType { .uuid }

    /// Appends the sixteen bytes.
    public func encode(into bytes: inout [UInt8]) {
        withUnsafeBytes(of: uuid) { bytes.append(contentsOf: $0) }
    }

    /// Hexadecimal digits with hyphens.
    public var postgresText: String { uuidString }

    /// Reads `uuid`.
    public static func decode(_ cell: PostgresCell) throws(PostgresMismatch) -> UUID {
        guard cell.type == .uuid, cell.bytes.count == 16 else { throw .unexpected(cell.type, as: UUID.self) }
        return UUID(uuid: cell.bytes.loadUnaligned(as: uuid_t.self))
    }
}
