/// A type of the server, by the number (OID) it has in `pg_type`.
public struct PostgresType: RawRepresentable, Hashable, Sendable {
    /// The OID.
    public let rawValue: UInt32

    /// Wraps an OID.
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    private init(_ rawValue: UInt32) { self.rawValue = rawValue }

    /// The server infers the type from where the parameter stands; the value is sent as text.
    public static let unspecified = Self(0)

    static let bool = Self(16)
    static let bytea = Self(17)
    static let char = Self(18)
    static let name = Self(19)
    static let int8 = Self(20)
    static let int2 = Self(21)
    static let int4 = Self(23)
    static let text = Self(25)
    static let oid = Self(26)
    static let json = Self(114)
    static let xml = Self(142)
    static let cidr = Self(650)
    static let float4 = Self(700)
    static let float8 = Self(701)
    static let unknown = Self(705)
    static let inet = Self(869)
    static let bpchar = Self(1042)
    static let varchar = Self(1043)
    static let date = Self(1082)
    static let timestamp = Self(1114)
    static let timestamptz = Self(1184)
    static let numeric = Self(1700)
    static let uuid = Self(2950)
    static let jsonb = Self(3802)

    /// The array type of an element type of ours.
    var array: PostgresType {
        switch self {
        case .bool: Self(1000)
        case .bytea: Self(1001)
        case .int2: Self(1005)
        case .int4: Self(1007)
        case .int8: Self(1016)
        case .float8: Self(1022)
        case .date: Self(1182)
        case .timestamptz: Self(1185)
        case .numeric: Self(1231)
        case .uuid: Self(2951)
        case .jsonb: Self(3807)
        default: Self(1009)  // text[]
        }
    }

    /// Whether binary format is the text itself. From 16384 on stand the database's own types: its enums.
    var isTextual: Bool {
        switch self {
        case .text, .varchar, .bpchar, .char, .name, .unknown, .json, .xml: true
        default: rawValue >= 16384
        }
    }
}
