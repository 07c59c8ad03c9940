/// The server's five-letter code for what went wrong, so that retries and answers are decided exactly.
public struct SQLState: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    /// The five letters.
    public let rawValue: String

    /// Wraps five letters.
    public init(rawValue: String) { self.rawValue = rawValue }

    private init(_ rawValue: String) { self.rawValue = rawValue }

    /// The five letters.
    public var description: String { rawValue }

    /// 0A000; also "cached plan must not change result type" after a migration.
    public static let featureNotSupported = Self("0A000")
    /// 22P02: text that is no value of the type.
    public static let invalidTextRepresentation = Self("22P02")
    /// 22021: text with a zero byte, or not UTF-8.
    public static let characterNotInRepertoire = Self("22021")
    /// 22012.
    public static let divisionByZero = Self("22012")
    /// 22003: a number out of its type's range.
    public static let numericValueOutOfRange = Self("22003")
    /// 23502.
    public static let notNullViolation = Self("23502")
    /// 23503.
    public static let foreignKeyViolation = Self("23503")
    /// 23505.
    public static let uniqueViolation = Self("23505")
    /// 23514.
    public static let checkViolation = Self("23514")
    /// 23P01.
    public static let exclusionViolation = Self("23P01")
    /// 25P02: an earlier statement of the transaction failed.
    public static let inFailedTransaction = Self("25P02")
    /// 26000: the server does not know the prepared statement.
    public static let invalidStatementName = Self("26000")
    /// 40001: run the transaction again.
    public static let serializationFailure = Self("40001")
    /// 40P01: run the transaction again.
    public static let deadlockDetected = Self("40P01")
    /// 42501: a missing grant, or row security's `with check`.
    public static let insufficientPrivilege = Self("42501")
    /// 42601.
    public static let syntaxError = Self("42601")
    /// 42703.
    public static let undefinedColumn = Self("42703")
    /// 42P01.
    public static let undefinedTable = Self("42P01")
    /// 42P04.
    public static let duplicateDatabase = Self("42P04")
    /// 42P07.
    public static let duplicateTable = Self("42P07")
    /// 54023: more than 65,535 values in one statement.
    public static let tooManyArguments = Self("54023")
    /// 55P03: `nowait` or `lock_timeout`.
    public static let lockNotAvailable = Self("55P03")
    /// 57014: `statement_timeout`, or a cancel request.
    public static let queryCanceled = Self("57014")
    /// P0001: `raise exception` in a function of ours.
    public static let raiseException = Self("P0001")
}
