/// A statement and the values bound to it.
///
/// Interpolated values never become text: `"select * from t where id = \(id)"` sends `$1` and the value beside it.
/// Text is spliced in only by words that say so: `\(fragment:)`, `\(identifier:)` and, last of all, `\(unsafeRaw:)`.
public struct SQL: Sendable, ExpressibleByStringInterpolation {
    /// The text between the binds: always one more than there are binds.
    private(set) var pieces: [String]
    private(set) var binds = PostgresBinds()

    /// A statement without values.
    public init(stringLiteral value: String) {
        pieces = [value]
    }

    /// What the compiler makes of an interpolated literal.
    public init(stringInterpolation: StringInterpolation) {
        self = stringInterpolation.sql
    }

    /// The statement of a text known only at run time (a migration's file, say). Never pass what a user has typed.
    public init(unsafeRaw text: String) {
        pieces = [text]
    }

    /// The text as the server gets it, with `$1`, `$2`… for the values.
    public var text: String {
        if pieces.count == 1 { return pieces[0] }
        var text = pieces[0]
        text.reserveCapacity(pieces.reduce(4 * pieces.count) { $0 + $1.utf8.count })
        for (index, piece) in pieces.dropFirst().enumerated() {
            text += "$\(index + 1)"
            text += piece
        }
        return text
    }

    /// Puts `other` behind; its values are renumbered.
    public mutating func append(_ other: SQL) {
        pieces[pieces.count - 1] += other.pieces[0]
        pieces += other.pieces.dropFirst()
        binds.append(contentsOf: other.binds)
    }

    /// Both statements' text and values, one after the other.
    public static func + (one: SQL, other: SQL) -> SQL {
        var sum = one
        sum.append(other)
        return sum
    }

    /// Puts `other` behind.
    public static func += (one: inout SQL, other: SQL) {
        one.append(other)
    }

    fileprivate mutating func append(literal: String) {
        pieces[pieces.count - 1] += literal
    }

    fileprivate mutating func append(bind value: some PostgresEncodable) {
        binds.append(value)
        pieces.append("")
    }

    /// Collects the parts of an interpolated literal.
    public struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var sql = SQL(stringLiteral: "")

        /// Required by the protocol.
        public init(literalCapacity: Int, interpolationCount: Int) {}

        /// The literal's own text.
        public mutating func appendLiteral(_ literal: String) {
            sql.append(literal: literal)
        }

        /// Binds `value` as the next parameter.
        public mutating func appendInterpolation(_ value: some PostgresEncodable) {
            sql.append(bind: value)
        }

        /// Binds `value` as the next parameter; nil is SQL's null.
        public mutating func appendInterpolation<Value: PostgresEncodable>(_ value: Value?) {
            sql.append(bind: value)
        }

        /// Splices another statement's text and values.
        public mutating func appendInterpolation(fragment: SQL) {
            sql.append(fragment)
        }

        /// Splices the quoted name of a table, a column, a channel, a role.
        public mutating func appendInterpolation(identifier: String) {
            sql.append(literal: quotedIdentifier(identifier))
        }

        /// Splices text as it is. Only for text of our own making.
        public mutating func appendInterpolation(unsafeRaw text: String) {
            sql.append(literal: text)
        }
    }
}

extension SQL: CustomStringConvertible {
    /// The text; never the values, which may be secrets.
    public var description: String { text }
}

/// `name` as an SQL identifier, quoted.
func quotedIdentifier(_ name: String) -> String {
    "\"" + name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
}
